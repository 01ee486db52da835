import { stripVTControlCharacters } from "node:util";

export type Column = {
  readonly title: string;
  readonly align?: "left" | "right";
  /** May be left out where there is no room, the highest number first. */
  readonly spare?: number;
  /** Its words may be cut where there is no room. Not for cells with colors. */
  readonly cuts?: true;
};

const GAP = "  ";

/** Rows as lines of text under their titles, columns aligned: words to the left, numbers to the right. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): readonly string[] {
  const gap = width < NARROW ? " " : GAP;
  const sized = fitting(
    columns.map((column, index) => ({ ...column, index, width: widthOf(column, index, rows) })),
    { width, gap: gap.length },
  );
  const line = (cells: readonly string[]) =>
    sized
      .map(({ align, index, width: own }) =>
        padded(clipped(cells[index] ?? "", own), own, align ?? "left"),
      )
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

type SizedColumn = Column & { readonly index: number; readonly width: number };

/** Below this there is one space between columns. */
const NARROW = 60;
const CUT_WIDTH_MIN = 8;

function widthOf({ title }: Column, index: number, rows: readonly (readonly string[])[]): number {
  return Math.max(textWidth(title), ...rows.map((row) => textWidth(row[index] ?? "")));
}

/** The columns that there is room for; what is still too wide is cut where it may be. */
function fitting(
  columns: readonly SizedColumn[],
  room: { readonly width: number; readonly gap: number },
): readonly SizedColumn[] {
  const whole = columns.reduce((sum, { width }) => sum + width, 0);
  const excess = whole + room.gap * (columns.length - 1) - room.width;
  if (excess <= 0) return columns;
  const most = Math.max(...columns.map(({ spare }) => spare ?? 0));
  if (most > 0)
    return fitting(
      columns.filter(({ spare }) => spare !== most),
      room,
    );
  return columns.map((column) =>
    column.cuts === true
      ? { ...column, width: Math.max(CUT_WIDTH_MIN, column.width - excess) }
      : column,
  );
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

/** Cut to a width; what is cut loses its colors, which would otherwise never end. */
export function clipped(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const plain = Array.from(stripVTControlCharacters(text));
  return `${plain.slice(0, Math.max(0, width - 1)).join("")}…`;
}

/** A text on as many lines as it needs, broken between words; the lines after the first are indented. */
export function wrapped(text: string, width: number, indent = "  "): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\S)(?= )/u)) {
    if (line !== "" && textWidth(line + word) > width) {
      lines.push(line);
      line = `${indent}${word.trimStart()}`;
    } else line += word;
  }
  return [...lines, line];
}

/** Text from elsewhere (names, reasons of a venue) without anything a terminal would obey. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}/gu, "?");
}

function padded(text: string, width: number, align: "left" | "right"): string {
  const room = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "left" ? `${text}${room}` : `${room}${text}`;
}
