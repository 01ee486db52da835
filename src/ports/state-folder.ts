/** A folder keeps the state of something else than what is to go on from it. */
export class OtherStateError extends Error {
  override readonly name = "OtherStateError";

  constructor(folder: string, what: string) {
    super(`Expected ${folder} to keep ${what}, found another one's; name another folder`);
  }
}
