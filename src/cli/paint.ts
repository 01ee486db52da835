import type { Environment } from "#runtime/config/environment.ts";
import type { TextOutput } from "./cli-io.ts";

/** Colors for a terminal; nothing changes where they are not wanted. */
export type Paint = {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly title: (text: string) => string;
  readonly dim: (text: string) => string;
};

const same = (text: string): string => text;

export const NO_PAINT: Paint = { good: same, bad: same, warn: same, title: same, dim: same };

const COLORS: Paint = {
  good: inCodes(32, 39),
  bad: inCodes(31, 39),
  warn: inCodes(33, 39),
  title: inCodes(1, 22),
  dim: inCodes(2, 22),
};

/** Colors only where a person looks at a terminal and has not said `NO_COLOR`. */
export function paintFor(output: Pick<TextOutput, "isTty">, env: Environment): Paint {
  const isUnwanted = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return output.isTty && !isUnwanted ? COLORS : NO_PAINT;
}

function inCodes(on: number, off: number): (text: string) => string {
  return (text) => `\u{1B}[${on}m${text}\u{1B}[${off}m`;
}
