/** Longest line taken from whoever may be on the other side; a longer one is a mistake or an attack. */
const LINE_MAX = 1_048_576;

/** Cuts a stream of text into lines. Holds no more than one unfinished line. */
export class LineReader {
  readonly #lineMax: number;
  #rest = "";

  constructor(lineMax = LINE_MAX) {
    this.#lineMax = lineMax;
  }

  get isTooLong(): boolean {
    return this.#rest.length > this.#lineMax;
  }

  /** The lines completed by a piece of text, without their ends; empty ones are left out. */
  take(chunk: string): readonly string[] {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.filter((line) => line.length > 0);
  }
}
