import type { SettingPath } from "#core/domain/settings.ts";

/** Where a problem stands: in the file, in a file that could not be read at all, or in a value given on top of it. */
export type ProblemPlace =
  | { readonly kind: "file"; readonly line: number; readonly column: number }
  | { readonly kind: "unread" }
  | { readonly kind: "override" };

/** One thing that is wrong with a configuration. */
export type ConfigProblem = {
  /** `data` when the configuration is sound and what it names is missing or broken. */
  readonly kind: "config" | "data";
  readonly place: ProblemPlace;
  readonly path: SettingPath;
  readonly expected: string;
  readonly found: string;
  readonly hint: string | null;
};

/** Nothing starts with a configuration like this. The message names every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const sorted = problems.toSorted((a, b) => positionOf(a) - positionOf(b));
    super(sorted.map((problem) => problemLine(file, problem)).join("\n"), options);
    this.file = file;
    this.problems = sorted;
  }
}

/** `file:line:column  path: expected …, found …; hint`; without a position where there is none. */
export function problemLine(file: string, problem: ConfigProblem): string {
  const { place, expected, found, hint } = problem;
  const path = pathText(problem.path);
  const where = placeText(file, place);
  const subject = path === "" ? "" : `${path}: `;
  return `${where}  ${subject}expected ${expected}, found ${found}${hint === null ? "" : `; ${hint}`}`;
}

function placeText(file: string, place: ProblemPlace): string {
  switch (place.kind) {
    case "file":
      return `${file}:${place.line}:${place.column}`;
    case "unread":
      return file;
    case "override":
      return "--set";
  }
}

/** `bots[0].strategy.params.fast`; a key that would be unclear stands in quotes. */
export function pathText(path: SettingPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += `${text === "" ? "" : "."}${/^[\w-]+$/u.test(part) ? part : JSON.stringify(part)}`;
  }
  return text;
}

/** In the order of the file; what was given on top of it comes last. */
function positionOf({ place }: ConfigProblem): number {
  return place.kind === "file" ? place.line * 10_000 + place.column : Number.MAX_SAFE_INTEGER;
}
