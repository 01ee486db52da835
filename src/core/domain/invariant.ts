/** A rule of the program itself was broken. It ends the process; start-up is the recovery. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** Asserts a rule that must hold whatever the world does. Names the rule, not the failure. */
export function invariant(condition: unknown, rule: string): asserts condition {
  if (!condition) throw new InvariantError(`Broken invariant: ${rule}`);
}
