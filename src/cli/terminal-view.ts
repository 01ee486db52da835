import type { SessionConfig } from "#core/desk/config.ts";
import { instantText } from "#core/domain/instant-text.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { bar } from "./cells.ts";
import type { TextOutput } from "./cli-io.ts";
import type { Paint } from "./paint.ts";
import { layout } from "./status-layout.ts";
import { statusSections } from "./status-tables.ts";
import { clipped, printable, textWidth, wrapped } from "./table.ts";

/** What the screen shows. */
export type View = {
  readonly status: DeskStatus;
  readonly config: SessionConfig;
  /** The last alerts, newest last. */
  readonly alerts: readonly string[];
};

export type ViewSize = { readonly columns: number; readonly rows: number };

const PROGRESS_CELLS = 10;
const FOOTER = "Ctrl-C ends the session: entries are canceled, protection stays at the venue.";
const SHORT_FOOTER = "Ctrl-C ends the session.";
const NOT_WRITABLE = "The journal cannot be written: no entries.";

/** The lines of a screen that shows a running desk. Pure: the same status gives the same screen. */
export function renderView(
  { status, config, alerts }: View,
  size: ViewSize,
  paint: Paint,
): readonly string[] {
  const { columns, rows } = size;
  const head = [
    ...headLines(status, columns, paint),
    ...alerts.flatMap((alert) => wrapped(alert, columns).map(paint.warn)),
  ];
  const footer = textWidth(FOOTER) <= columns ? FOOTER : SHORT_FOOTER;
  const sections = statusSections(status, config, paint);
  const room = rows - head.length - 1;
  // A line of air above the last one, where there is room for it.
  const airy = layout(sections, { columns, rows: room - 1 }, paint);
  const isTight = airy[0] !== "";
  const body = isTight ? layout(sections, { columns, rows: room }, paint) : [...airy, ""];
  return [...head, ...body, paint.dim(footer)].map((line) => clipped(line, columns));
}

/** Which session, when, in which state and how far; then what is wrong with it. */
export function headLines(status: DeskStatus, columns: number, paint: Paint): readonly string[] {
  const { mode, sessionId, at, progress, marketEvents, tradingState } = status;
  const { journalWritable, degraded } = status;
  const state = tradingState === "active" ? paint.good(tradingState) : paint.bad(tradingState);
  const parts = [
    `${paint.title("Keel")} ${mode} ${sessionId}`,
    instantText(at),
    state,
    ...(progress === null
      ? []
      : [`${bar(progress, PROGRESS_CELLS)} ${Math.floor(progress * 100)} %`]),
    `event ${marketEvents}`,
  ];
  const faults = [
    ...(journalWritable ? [] : [NOT_WRITABLE]),
    ...(degraded === null ? [] : [`No entries: ${printable(degraded)}.`]),
  ];
  return [
    ...inLines(parts, columns),
    ...faults.flatMap((fault) => wrapped(fault, columns).map(paint.bad)),
  ];
}

/** Parts beside each other, on a new line where the next does not fit. */
function inLines(parts: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = `${last}  ${part}`;
    if (last !== undefined && textWidth(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

const FRAME_MS = 100;

/** Writes screens over each other, at most ten a second, and puts the terminal back as it was. */
export class LiveScreen {
  readonly #output: Pick<TextOutput, "draw" | "leave" | "size">;
  readonly #nowMs: () => number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #isOpen = false;

  constructor(output: Pick<TextOutput, "draw" | "leave" | "size">, nowMs: () => number) {
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
    this.#output.draw(`\u{1B}[H${lines.join("\r\n")}\u{1B}[J`);
    this.#isOpen = true;
  }

  close(): void {
    if (this.#isOpen) this.#output.leave();
    this.#isOpen = false;
  }
}
