import type { SessionConfig } from "#core/desk/config.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import { instantText } from "#core/domain/instant-text.ts";
import type { Order } from "#core/domain/order.ts";
import type { EnforcementStage } from "#core/risk/enforcement-state.ts";
import type { DeskStatus, PositionStatus } from "#runtime/status.ts";
import { accountColumnOf, accountTable, limitTable } from "./account-tables.ts";
import { pnlCell } from "./cells.ts";
import { type Instruments, instrumentsOf, priceText, termsText } from "./fact-lines.ts";
import { latelySentences } from "./lately.ts";
import { aimText } from "./order-aim.ts";
import type { Paint } from "./paint.ts";
import { causeText, lockReason, reasonText } from "./sentences.ts";
import type { Section } from "./status-layout.ts";
import { type Column, printable } from "./table.ts";
import { contractCell, venueTable } from "./venue-table.ts";

/** What the tables are made of. */
type Scene = {
  readonly status: DeskStatus;
  readonly config: SessionConfig;
  readonly paint: Paint;
  readonly instruments: Instruments;
  /** The first column where there are several accounts; with one, its name stands once. */
  readonly accountColumn: readonly Column[];
};

/** What a person sees of a desk, the empty parts too. */
export function statusSections(
  status: DeskStatus,
  config: SessionConfig,
  paint: Paint,
): readonly Section[] {
  const instruments = instrumentsOf(config.instruments);
  const accountColumn = accountColumnOf(status);
  const scene = { status, config, paint, instruments, accountColumn };
  return [
    sentences("Locked", lockoutLines(status)),
    sentences("Closing", enforcementLines(status)),
    venueTable(status, paint),
    marketTable(scene),
    accountTable(status, paint),
    positionTable(scene),
    orderTable(scene),
    limitTable(status, paint),
    botTable(scene),
    sentences("Lately denied, refused, closed (UTC)", latelySentences(status, instruments)),
  ];
}

function sentences(title: string, lines: readonly string[]): Section {
  return { title, columns: [], rows: [], sentences: lines };
}

function marketTable({ status, instruments, paint }: Scene): Section {
  const contract = status.venue === null ? [] : [{ title: "contract", spare: 1 }];
  const columns = [
    { title: "instrument" },
    { title: "bid", align: "right" },
    { title: "ask", align: "right" },
    { title: "last", align: "right" },
    ...contract,
  ] as const;
  const rows = status.touches.map(({ instrument, touch }) => [
    instrument,
    ...[touch.bidPrice, touch.askPrice, touch.lastPrice].map((price) =>
      price === null ? "?" : priceText(price, instrument as InstrumentId, instruments),
    ),
    ...contract.map(() => contractCell(status, instrument, paint)),
  ]);
  return { title: "Market", columns, rows, sentences: [] };
}

function positionTable({ status, paint, instruments, accountColumn }: Scene): Section {
  const columns = [
    ...accountColumn,
    { title: "instrument" },
    { title: "side" },
    { title: "qty", align: "right" },
    { title: "entry", align: "right", spare: 2 },
    { title: "mark", align: "right", spare: 3 },
    { title: "open PnL", align: "right" },
  ] as const;
  const rows = status.positions.map((held: PositionStatus) => {
    const { accountId, instrument, qty } = held.position;
    const decimals = instruments.get(instrument)?.decimals ?? 2;
    return [
      ...accountColumn.map(() => accountId),
      instrument,
      qty > 0 ? "long" : "short",
      String(Math.abs(qty)),
      // An average may lie between two ticks.
      held.avgEntryPrice.toFixed(decimals + 1),
      held.markPrice?.toFixed(decimals) ?? "?",
      pnlCell(held.unrealized, paint),
    ];
  });
  return { title: "Positions", columns, rows, sentences: [] };
}

function orderTable({ status, instruments, accountColumn }: Scene): Section {
  const columns = [
    { title: "order" },
    ...accountColumn,
    { title: "instrument", spare: 4 },
    { title: "side" },
    { title: "qty", align: "right" },
    { title: "filled", align: "right", spare: 5 },
    { title: "terms", spare: 2 },
    { title: "for", spare: 3 },
    { title: "state" },
  ] as const;
  const rows = status.orders.map((order) => [
    printable(order.clientOrderId),
    ...accountColumn.map(() => order.accountId),
    order.instrument,
    order.side,
    String(order.qty),
    String(order.filledQty),
    termsText(order.terms, order.instrument, instruments),
    aimText(
      order,
      status.positions.map(({ position }) => position),
    ),
    orderState(order),
  ]);
  return { title: "Orders", columns, rows, sentences: [] };
}

function orderState({ status, change }: Order): string {
  if (change === null) return status.kind;
  const doing = change.kind === "cancel" ? "canceling" : "changing";
  return status.kind === "working" ? doing : `${status.kind}, ${doing}`;
}

const STAGES: Readonly<Record<EnforcementStage, string>> = {
  cancelEntries: "canceling entries",
  close: "closing",
  cancelRest: "flat, canceling the rest",
};

function lockoutLines({ lockouts }: DeskStatus): readonly string[] {
  return lockouts.map((lockout) => {
    const { accountId, scope, until } = lockout;
    const what = scope.kind === "account" ? accountId : `${scope.instrument} of ${accountId}`;
    const end = until === null ? "until an admin unlocks it" : `until ${instantText(until)}`;
    return `${what} ${end}: ${lockReason(lockout)}`;
  });
}

function enforcementLines({ enforcements }: DeskStatus): readonly string[] {
  return enforcements.map(({ accountId, instrument, keepQty, cause, stage }) => {
    const what = instrument === null ? accountId : `${instrument} of ${accountId}`;
    const down = keepQty === 0 ? "" : ` down to ${keepQty}`;
    return `${what}${down}: ${STAGES[stage]} (${causeText(cause)})`;
  });
}

function botTable({ status, config, paint, accountColumn }: Scene): Section {
  const columns = [
    { title: "bot" },
    ...accountColumn,
    { title: "instrument", spare: 3 },
    { title: "state" },
    { title: "signals", align: "right", spare: 4 },
    { title: "day net", align: "right" },
    { title: "net", align: "right", spare: 2 },
  ] as const;
  const rows = status.bots.map(({ botId, status: { kind }, signals, ledger }) => {
    const known = config.bots.find((bot) => bot.botId === botId);
    return [
      botId,
      ...accountColumn.map(() => known?.accountId ?? "?"),
      known?.instrument ?? "?",
      kind === "running" ? kind : paint.bad(kind),
      String(signals.count),
      pnlCell(ledger.dayNet, paint),
      pnlCell(ledger.totalNet, paint),
    ];
  });
  const halted = status.bots.flatMap(({ botId, status: state }) =>
    state.kind === "halted" ? `${botId} is halted: ${reasonText(state.reason)}` : [],
  );
  return { title: "Bots", columns, rows, sentences: halted };
}
