import type { SessionConfig } from "#core/desk/config.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import type { Order, OrderPurpose } from "#core/domain/order.ts";
import type { Money } from "#core/domain/units.ts";
import type { EnforcementStage } from "#core/risk/enforcement-state.ts";
import type { AccountStatus, DeskStatus, LimitUsed, PositionStatus } from "#runtime/status.ts";
import { type Instruments, instrumentsOf, priceText, termsText } from "./fact-lines.ts";
import { latelySentences } from "./lately.ts";
import { amountText, pnlText } from "./money-text.ts";
import type { Paint } from "./paint.ts";
import { causeText, lockReason, reasonText } from "./sentences.ts";
import type { Section } from "./status-layout.ts";
import { type Column, printable } from "./table.ts";
import { durationText, instantText } from "./time-text.ts";

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
  const accountColumn = status.accounts.length > 1 ? [{ title: "account", spare: 1 }] : [];
  const scene = { status, config, paint, instruments, accountColumn };
  return [
    sentences("Locked", lockoutLines(status)),
    sentences("Closing", enforcementLines(status)),
    marketTable(scene),
    accountTable(scene),
    positionTable(scene),
    orderTable(scene),
    limitTable(scene),
    botTable(scene),
    sentences("Lately denied, refused, closed (UTC)", latelySentences(status, instruments)),
  ];
}

export function pnlCell(amount: Money, paint: Paint): string {
  const text = pnlText(amount);
  if (amount === 0n) return text;
  return amount > 0n ? paint.good(text) : paint.bad(text);
}

function sentences(title: string, lines: readonly string[]): Section {
  return { title, columns: [], rows: [], sentences: lines };
}

function marketTable({ status, instruments }: Scene): Section {
  const columns = [
    { title: "instrument" },
    { title: "bid", align: "right" },
    { title: "ask", align: "right" },
    { title: "last", align: "right" },
  ] as const;
  const rows = status.touches.map(({ instrument, touch }) => [
    instrument,
    ...[touch.bidPrice, touch.askPrice, touch.lastPrice].map((price) =>
      price === null ? "?" : priceText(price, instrument as InstrumentId, instruments),
    ),
  ]);
  return { title: "Market", columns, rows, sentences: [] };
}

function accountTable({ status, paint }: Scene): Section {
  const columns = [
    { title: "account" },
    { title: "state" },
    { title: "balance", align: "right", spare: 1 },
    { title: "day net", align: "right" },
    { title: "open PnL", align: "right" },
    { title: "day fees", align: "right", spare: 2 },
    { title: "trips", align: "right", spare: 3 },
    { title: "won", align: "right", spare: 4 },
  ] as const;
  const rows = status.accounts.map((account) => [
    account.accountId,
    stateCell(account, status, paint),
    amountText(account.balance),
    pnlCell(account.dayNet, paint),
    pnlCell(account.unrealized, paint),
    amountText(account.dayFees),
    String(account.roundTrips),
    String(account.wins),
  ]);
  return { title: "Accounts", columns, rows, sentences: [] };
}

/** The strongest thing that keeps an account from trading. */
function stateCell(
  { accountId, ready, tradingState }: AccountStatus,
  { lockouts }: DeskStatus,
  paint: Paint,
): string {
  const isLocked = lockouts.some(
    (lockout) => lockout.accountId === accountId && lockout.scope.kind === "account",
  );
  if (isLocked) return paint.bad("locked");
  if (tradingState !== "active") return paint.bad(tradingState);
  return ready ? "active" : paint.warn("not ready");
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
    PURPOSES[order.purpose],
    orderState(order),
  ]);
  return { title: "Orders", columns, rows, sentences: [] };
}

function orderState({ status, change }: Order): string {
  if (change === null) return status.kind;
  const doing = change.kind === "cancel" ? "canceling" : "changing";
  return status.kind === "working" ? doing : `${status.kind}, ${doing}`;
}

const PURPOSES: Readonly<Record<OrderPurpose, string>> = {
  entry: "entry",
  exit: "exit",
  stopLoss: "stop loss",
  takeProfit: "take profit",
  riskClose: "risk close",
};

const STAGES: Readonly<Record<EnforcementStage, string>> = {
  cancelEntries: "canceling entries",
  close: "closing",
  cancelRest: "flat, canceling the rest",
};

const BAR_CELLS = 20;

function limitTable({ status, paint, accountColumn }: Scene): Section {
  const columns = [
    ...accountColumn,
    { title: "rule", cuts: true },
    { title: "", spare: 2 },
    { title: "used", align: "right" },
    { title: "limit", align: "right" },
  ] as const;
  const rows = status.accounts.flatMap(({ accountId, limits }) =>
    limits.map((limit) => [
      ...accountColumn.map(() => accountId),
      limit.title,
      usedBar(limit, paint),
      unitText(limit.unit, limit.used),
      unitText(limit.unit, limit.limit),
    ]),
  );
  return { title: "Limits used", columns, rows, sentences: [] };
}

function usedBar({ used, limit }: LimitUsed, paint: Paint): string {
  const share = shareOf(used, limit);
  const text = bar(share, BAR_CELLS);
  if (share >= 0.9) return paint.bad(text);
  return share >= 0.5 ? paint.warn(text) : paint.good(text);
}

/** A share from 0 to 1 as a bar: full only when it is whole. */
export function bar(share: number, cells: number): string {
  const filled = Math.min(cells, Math.max(0, Math.floor(share * cells + 1e-9)));
  return `${"█".repeat(filled)}${"░".repeat(cells - filled)}`;
}

/** A limit of zero is used up from the start. */
function shareOf(used: number, limit: number): number {
  if (used <= 0) return 0;
  return limit > 0 ? used / limit : 1;
}

/** A number in the unit of its rule. */
function unitText(unit: LimitUsed["unit"], value: number): string {
  switch (unit) {
    case "money":
      return `$${value.toFixed(2)}`;
    case "duration":
      return durationText(value);
    case "lots":
      return Number.isInteger(value) ? String(value) : value.toFixed(1);
  }
}

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
