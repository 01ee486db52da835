import { bar } from "./cells.ts";
import type { TextOutput } from "./cli-io.ts";

const CELLS = 30;

/** How far long work has come, on a line of a terminal that is wiped when it is done. Silent elsewhere. */
export class ProgressBar {
  readonly #output: TextOutput;
  readonly #what: string;
  #percent = -1;

  constructor(output: TextOutput, what: string) {
    this.#output = output;
    this.#what = what;
  }

  show(share: number): void {
    const percent = Math.floor(share * 100);
    if (!this.#output.isTty || percent === this.#percent) return;
    this.#percent = percent;
    this.#output.write(`\r${this.#what} ${bar(share, CELLS)} ${percent} %\u{1B}[K`);
  }

  close(): void {
    if (this.#percent >= 0) this.#output.write("\r\u{1B}[K");
    this.#percent = -1;
  }
}
