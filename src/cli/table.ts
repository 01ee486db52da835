import { stripVTControlCharacters } from "node:util";

export type Column = { readonly title: string; readonly align?: "left" | "right" };

const GAP = "  ";

/** Rows under their titles as lines of text, columns aligned: words to the left, numbers to the right. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(row[index] ?? ""))),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => padded(cells[index] ?? "", widths[index] ?? 0, align ?? "left"))
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

/** A title and a value a line, values below each other. */
export function listing(entries: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...entries.map(([title]) => textWidth(title)));
  return entries.map(([title, value]) => `${padded(title, width, "left")}${GAP}${value}`.trimEnd());
}

/** Characters a terminal shows; colors take no room. */
export function textWidth(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/** Text from elsewhere (names, reasons of a venue) without anything a terminal would obey. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}/gu, "?");
}

function padded(text: string, width: number, align: "left" | "right"): string {
  const room = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "left" ? `${text}${room}` : `${room}${text}`;
}
