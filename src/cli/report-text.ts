import { instantText } from "#core/domain/instant-text.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import type { RoundTrip } from "#core/domain/position.ts";
import type { Lots, Money } from "#core/domain/units.ts";
import type { SessionReport } from "#runtime/report.ts";
import { pnlCell } from "./cells.ts";
import { type Instruments, instrumentsOf } from "./fact-lines.ts";
import { amountText, pnlText } from "./money-text.ts";
import type { Paint } from "./paint.ts";
import { heldLines } from "./session-text.ts";
import { listing, table, wrapped } from "./table.ts";
import { secondText } from "./time-text.ts";

const NOTICE =
  "Simulated: no order went to a market. Fills, fees and delays are assumptions; past results promise nothing.";

/** Whose orders these were. */
function noticeOf({ mode, data }: SessionReport): string {
  return mode === "live" ? `The orders went to ${data}.` : NOTICE;
}

/** What becomes of a session that was stopped. */
export type Remainder = {
  /** What becomes of that which is open: `kept with the session`. */
  readonly open: string;
  /** The command that goes on, or why there is none. */
  readonly goOn: { readonly command: string } | { readonly never: string };
};

type Look = { readonly paint: Paint; readonly width: number };

/** What a session did, for people, in lines that fit a width but for the last ones. */
export function reportText(
  report: SessionReport,
  list: readonly Instrument[],
  { paint, width }: Look,
  remainder: Remainder | null = null,
): readonly string[] {
  const { roundTrips, startBalance, endBalance } = report;
  if (report.mode === "collect") return collectedText(report, { paint, width }, remainder);
  const instruments = instrumentsOf(list);
  const won = roundTrips.filter(({ netPnl }) => netPnl > 0n).length;
  const share = roundTrips.length === 0 ? "" : ` (${won} won)`;
  return [
    `${report.data}, ${instantText(report.from)} to ${instantText(report.until)}`,
    ...(report.stopped === "asked" && isOfStoredData(report)
      ? [paint.warn("Stopped before the end of the data.")]
      : []),
    "",
    ...tripTable(roundTrips, instruments, { paint, width }),
    ...(roundTrips.length === 0 ? [] : [""]),
    ...listing([
      ["Session", report.sessionId],
      ["Market events", report.marketEvents.toLocaleString("en-US")],
      ["Round trips", `${roundTrips.length}${share}`],
      ["Orders", String(report.orders)],
      ["Fills", String(report.fills)],
      ["Denials", String(report.denials)],
      ["Breaches", String(report.breaches)],
      ["Gross PnL", pnlText(report.grossPnl)],
      ["Fees", amountText(report.fees)],
      ["Net PnL", pnlCell(report.netPnl, paint)],
      ["Max drawdown", amountText(report.maxDrawdown)],
      ["Balance", `${amountText(startBalance)} to ${amountText(endBalance)} USD`],
      ["Fingerprint", report.fingerprint],
    ]),
    ...openLines(report, instruments, remainder),
    ...(remainder === null ? [] : goOnLines(report, remainder)),
    "",
    ...wrapped(noticeOf(report), width, "").map(paint.dim),
  ];
}

/** A session without accounts has traded nothing that could be added up. */
function collectedText(
  report: SessionReport,
  { paint, width }: Look,
  remainder: Remainder | null,
): readonly string[] {
  const notice = `Market data of ${report.data} were recorded. There were no accounts, and nothing was traded.`;
  return [
    `${report.data}, ${instantText(report.from)} to ${instantText(report.until)}`,
    "",
    ...listing([
      ["Session", report.sessionId],
      ["Market events", report.marketEvents.toLocaleString("en-US")],
    ]),
    ...(remainder === null ? [] : goOnLines(report, remainder)),
    "",
    ...wrapped(notice, width, "").map(paint.dim),
  ];
}

function openLines(
  { held, stopped }: SessionReport,
  instruments: Instruments,
  remainder: Remainder | null,
): readonly string[] {
  const lines = heldLines(held, instruments);
  if (lines.length === 0) return [];
  const what = stopped === "asked" && remainder !== null ? `, ${remainder.open}` : " at the end";
  return ["", `Open${what}:`, ...lines];
}

function goOnLines(report: SessionReport, { goOn }: Remainder): readonly string[] {
  if (report.stopped !== "asked") return [];
  const did = isOfStoredData(report) ? "Played until" : "Stopped at";
  const until = `${did} ${instantText(report.stoppedAt)}`;
  if ("never" in goOn) return ["", `${until}; ${goOn.never}`];
  return ["", `${until}. To go on:`, `  ${goOn.command}`];
}

/** Such data has an end, which a market has not. */
function isOfStoredData({ mode }: SessionReport): boolean {
  return mode === "replay" || mode === "backtest";
}

function tripTable(
  trips: readonly RoundTrip[],
  instruments: Instruments,
  { paint, width }: Look,
): readonly string[] {
  if (trips.length === 0) return [];
  const columns = [
    { title: "opened (UTC)" },
    { title: "closed (UTC)", spare: 1 },
    { title: "account", spare: 4 },
    { title: "instrument", spare: 3 },
    { title: "side" },
    { title: "qty", align: "right" },
    { title: "entry", align: "right" },
    { title: "exit", align: "right" },
    { title: "fees", align: "right", spare: 2 },
    { title: "net", align: "right" },
  ] as const;
  const rows = trips.map((trip) => {
    const instrument = instruments.get(trip.instrument);
    return [
      secondText(trip.openedAt),
      secondText(trip.closedAt),
      trip.accountId,
      trip.instrument,
      trip.side === "buy" ? "long" : "short",
      String(trip.maxQty),
      averageText(trip.entryValue, trip.entryQty, instrument),
      averageText(trip.exitValue, trip.exitQty, instrument),
      amountText(trip.fees),
      pnlCell(trip.netPnl, paint),
    ];
  });
  return table(columns, rows, width);
}

/** An average price; one digit more than a tick has, since it may lie between two. */
function averageText(value: Money, qty: Lots, instrument: Instrument | undefined): string {
  if (instrument === undefined || qty === 0) return "?";
  const ticks = Number(value) / (qty * Number(instrument.tickValue));
  const price = (ticks * instrument.tickUnits) / instrument.tickScale;
  return price.toFixed(instrument.decimals + 1);
}
