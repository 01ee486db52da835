import type { Paint } from "./paint.ts";
import { type Column, clipped, table, wrapped } from "./table.ts";

/** One part of what a person sees of a desk: a table or some sentences under a title. */
export type Section = {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Below the table, or alone where it has no columns. The newest last. */
  readonly sentences: readonly string[];
};

/** Room in characters and lines; where a person may scroll there is no end of it. */
export type Room = { readonly columns: number; readonly rows: number };

/** The sections that hold something as lines: with air between them, or tight where they would not fit otherwise. */
export function layout(sections: readonly Section[], room: Room, paint: Paint): readonly string[] {
  const shown = sections.filter(({ rows, sentences }) => rows.length + sentences.length > 0);
  const airy = shown.flatMap((section) => [
    "",
    paint.title(section.title),
    ...linesOf(section, room),
  ]);
  if (airy.length <= room.rows) return airy;
  let most = Math.max(0, ...shown.map(({ rows, sentences }) => rows.length + sentences.length));
  let tight = tightLines(shown, { room, paint, most });
  while (tight.length > room.rows && most > 1) {
    most -= 1;
    tight = tightLines(shown, { room, paint, most });
  }
  return tight.length <= room.rows ? tight : [...tight.slice(0, room.rows - 1), paint.dim("…")];
}

function linesOf({ columns, rows, sentences }: Section, room: Room): readonly string[] {
  return [
    ...(columns.length === 0 ? [] : table(columns, rows, room.columns)),
    ...sentences.flatMap((one) => wrapped(one, room.columns)),
  ].map((line) => clipped(line, room.columns));
}

/** Each section under one line that is its title and the heads of its columns, with so many rows at most. */
function tightLines(
  sections: readonly Section[],
  { room, paint, most }: { readonly room: Room; readonly paint: Paint; readonly most: number },
): readonly string[] {
  return sections.flatMap((section) => {
    const { title, columns, rows } = section;
    const [first, ...rest] = columns;
    const heads = first === undefined ? [] : [{ ...first, title }, ...rest];
    const sentences = section.sentences.slice(-most);
    if (first === undefined) {
      return [paint.title(title), ...linesOf({ ...section, sentences }, room)];
    }
    const kept = rows.length > most ? rows.slice(0, most - 1) : rows;
    const left = rows.length - kept.length;
    const [head = "", ...lines] = linesOf(
      { ...section, columns: heads, sentences, rows: kept },
      room,
    );
    return [paint.title(head), ...lines, ...(left === 0 ? [] : [paint.dim(`… ${left} more`)])];
  });
}
