const PIECE =
  /(?<line>\n)|(?<home>\r)|\p{Cc}\[(?<args>[?\d;]*)(?<what>[A-Za-z])|(?<text>[^\p{Cc}]+)/uy;

/** What a terminal shows. */
export type TerminalText = {
  readonly lines: readonly string[];
  /** Whether it shows the screen of a program instead of what was written before. */
  readonly isScreen: boolean;
  readonly isCursorShown: boolean;
};

/** What a terminal shows that was sent an output. Throws at what no desk writes, as when a code was cut in two. */
export function terminalText(output: string): TerminalText {
  const written: string[] = [];
  let screen: string[] | null = null;
  let isCursorShown = true;
  let [row, column] = [0, 0];
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < output.length) {
    const at = PIECE.lastIndex;
    const { args = "", what, line, home, text } = PIECE.exec(output)?.groups ?? {};
    const lines: string[] = screen ?? written;
    const shown = lines[row] ?? "";
    if (text !== undefined) {
      lines[row] = shown.slice(0, column).padEnd(column) + text + shown.slice(column + text.length);
      column += text.length;
    } else if (line !== undefined) row += 1;
    else if (home !== undefined) column = 0;
    else if (what === "H") [row, column] = [0, 0];
    else if (what === "K") lines[row] = shown.slice(0, column);
    else if (what === "J") lines.splice(row + 1);
    else if (args === "?25") isCursorShown = what === "h";
    else if (args === "?1049") {
      screen = what === "h" ? [] : null;
      [row, column] = [screen === null ? written.length : 0, 0];
    } else if (what !== "m") {
      throw new Error(
        `Expected what a desk writes, found ${JSON.stringify(output.slice(at, at + 40))}`,
      );
    }
  }
  return { lines: screen ?? written, isScreen: screen !== null, isCursorShown };
}
