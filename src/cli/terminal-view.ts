import { stripVTControlCharacters } from "node:util";
import type { SessionConfig } from "#core/desk/config.ts";
import type { DeskStatus } from "#runtime/status.ts";
import type { TextOutput } from "./cli-io.ts";
import type { Paint } from "./paint.ts";
import { bar, statusSections } from "./status-tables.ts";
import { textWidth } from "./table.ts";
import { instantText } from "./time-text.ts";

/** What the screen shows. */
export type View = {
  readonly status: DeskStatus;
  readonly config: SessionConfig;
  /** The last alerts, newest last. */
  readonly alerts: readonly string[];
};

export type ViewSize = { readonly columns: number; readonly rows: number };

const PROGRESS_CELLS = 40;
const FOOTER = "Ctrl-C ends the session: entries are canceled, protection stays at the venue.";

/** The lines of a screen that shows a running desk. Pure: the same status gives the same screen. */
export function renderView(
  { status, config, alerts }: View,
  size: ViewSize,
  paint: Paint,
): readonly string[] {
  const body = [
    ...headLines(status, paint),
    ...alerts.map(paint.warn),
    ...statusSections(status, config, paint).flatMap(({ title, lines }) => [
      "",
      paint.title(title),
      ...lines,
    ]),
  ];
  const room = Math.max(1, size.rows - 2);
  const shown = body.length > room ? [...body.slice(0, room - 1), paint.dim("…")] : body;
  return [...shown, "", paint.dim(FOOTER)].map((line) => clipped(line, size.columns));
}

function headLines(status: DeskStatus, paint: Paint): readonly string[] {
  const { mode, sessionId, at, progress, seq, tradingState, journalWritable } = status;
  const state = tradingState === "active" ? paint.good(tradingState) : paint.bad(tradingState);
  const head = `${paint.title("Keel")} ${mode} ${sessionId}  ${instantText(at)}  ${state}  event ${seq}`;
  const share = progress === null ? [] : [`${bar(progress, PROGRESS_CELLS)} ${percent(progress)}`];
  const fault = journalWritable ? [] : [paint.bad("The journal cannot be written: no entries.")];
  return [head, ...share, ...fault];
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** Cut to the width of the screen; a cut line loses its colors, which would otherwise never end. */
function clipped(line: string, columns: number): string {
  if (textWidth(line) <= columns) return line;
  const plain = stripVTControlCharacters(line);
  return `${Array.from(plain)
    .slice(0, Math.max(0, columns - 1))
    .join("")}…`;
}

const FRAME_MS = 100;
const ENTER = "\u{1B}[?1049h\u{1B}[?25l";
const LEAVE = "\u{1B}[?25h\u{1B}[?1049l";

/** Writes screens over each other, at most ten a second, and puts the terminal back as it was. */
export class LiveScreen {
  readonly #output: TextOutput;
  readonly #nowMs: () => number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #isOpen = false;

  constructor(output: TextOutput, nowMs: () => number) {
    this.#output = output;
    this.#nowMs = nowMs;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Asks for the lines only when they will be shown. */
  show(render: (size: ViewSize) => readonly string[]): void {
    const nowMs = this.#nowMs();
    // The clock may be set back.
    if (Math.abs(nowMs - this.#shownAt) < FRAME_MS) return;
    this.#shownAt = nowMs;
    const lines = render(this.#output.size()).map((line) => `${line}\u{1B}[K`);
    this.#output.write(`${this.#isOpen ? "" : ENTER}\u{1B}[H${lines.join("\r\n")}\u{1B}[J`);
    this.#isOpen = true;
  }

  close(): void {
    if (this.#isOpen) this.#output.write(LEAVE);
    this.#isOpen = false;
  }
}
