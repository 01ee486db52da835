import type { Document, LineCounter, YAMLError } from "yaml";
import type { ConfigProblem } from "./config-problem.ts";

type Wording = Pick<ConfigProblem, "expected" | "found" | "hint">;

/**
 * What is wrong with the YAML itself: the first problem of each line, since others mostly follow from it. After a
 * bracket that does not fit, everything up to the end of the file is unexpected, which says nothing.
 */
export function syntaxProblems(
  document: Document.Parsed,
  text: string,
  lines: LineCounter,
): readonly ConfigProblem[] {
  const problems = new Map<number, ConfigProblem>();
  for (const error of [...document.errors, ...document.warnings]) {
    const { line, col } = lines.linePos(error.pos[0]);
    const isAftermath = problems.size > 0 && error.message.includes("in YAML stream");
    if (isAftermath || problems.has(line)) continue;
    const place = { kind: "file", line, column: col } as const;
    const words = wording(error, text, lineAt(text, lines, line));
    problems.set(line, { kind: "config", place, path: [], ...words });
  }
  return [...problems.values()];
}

function wording(error: YAMLError, text: string, line: string): Wording {
  const known = KNOWN_ERRORS.get(error.code);
  if (known !== undefined) return known(text.slice(error.pos[0]));
  return { expected: "YAML", found: lowerFirst(error.message), hint: hintFor(line) };
}

/** Errors of the YAML library worth better words than its own. */
const KNOWN_ERRORS: ReadonlyMap<string, (rest: string) => Wording> = new Map([
  ["DUPLICATE_KEY", repeatedKey],
  ["TAB_AS_INDENT", said("spaces", "a tab", "indent with spaces")],
  ["MULTIPLE_DOCS", said("one document", "another after ---", "use one file for each")],
  ["TAG_RESOLVE_FAILED", said("plain values", "a tag", "remove what begins with !")],
  ["NON_STRING_KEY", said("a text as key", "another kind of value", null)],
]);

function repeatedKey(rest: string): Wording {
  const [key = ""] = rest.split(/[:\s]/u, 1);
  return { expected: "each key once", found: `${key} again`, hint: "remove one of them" };
}

function said(expected: string, found: string, hint: string | null) {
  return (): Wording => ({ expected, found, hint });
}

function hintFor(line: string): string | null {
  if (!line.includes("${")) return null;
  return 'inside { } and [ ] write "${NAME}" in quotes';
}

function lineAt(text: string, lines: LineCounter, line: number): string {
  return text.slice(lines.lineStarts[line - 1] ?? 0, lines.lineStarts[line] ?? text.length);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
