import type { SessionConfig } from "#core/desk/config.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import type { Order, OrderPurpose } from "#core/domain/order.ts";
import type { Money } from "#core/domain/units.ts";
import type { EnforcementStage } from "#core/risk/enforcement-state.ts";
import type { AccountStatus, DeskStatus, LimitUsed, PositionStatus } from "#runtime/status.ts";
import { type Instruments, instrumentsOf, priceText, termsText } from "./fact-lines.ts";
import { amountText, pnlText } from "./money-text.ts";
import type { Paint } from "./paint.ts";
import { denialReason, reasonText } from "./sentences.ts";
import { printable, table } from "./table.ts";
import { clockText, durationText, instantText } from "./time-text.ts";

/** What a person sees of a desk: a section each, without the empty ones. */
export type Section = { readonly title: string; readonly lines: readonly string[] };

export function statusSections(
  status: DeskStatus,
  config: SessionConfig,
  paint: Paint,
): readonly Section[] {
  const instruments = instrumentsOf(config.instruments);
  const sections = [
    { title: "Market", lines: marketTable(status, instruments) },
    { title: "Accounts", lines: accountTable(status.accounts, paint) },
    { title: "Positions", lines: positionTable(status.positions, instruments, paint) },
    { title: "Orders", lines: orderTable(status.orders, instruments) },
    { title: "Limits used", lines: limitTable(status.accounts, paint) },
    { title: "Locked", lines: lockoutLines(status) },
    { title: "Closing", lines: enforcementLines(status) },
    { title: "Bots", lines: botTable(status, config, paint) },
    { title: "Last denials (UTC)", lines: denialLines(status) },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

export function pnlCell(amount: Money, paint: Paint): string {
  const text = pnlText(amount);
  if (amount === 0n) return text;
  return amount > 0n ? paint.good(text) : paint.bad(text);
}

function marketTable({ touches }: DeskStatus, instruments: Instruments): readonly string[] {
  const columns = [
    { title: "instrument" },
    { title: "bid", align: "right" },
    { title: "ask", align: "right" },
    { title: "last", align: "right" },
  ] as const;
  const rows = touches.map(({ instrument, touch }) => [
    instrument,
    ...[touch.bidPrice, touch.askPrice, touch.lastPrice].map((price) =>
      price === null ? "?" : priceText(price, instrument as InstrumentId, instruments),
    ),
  ]);
  return table(columns, rows);
}

function accountTable(accounts: readonly AccountStatus[], paint: Paint): readonly string[] {
  return table(
    [
      { title: "account" },
      { title: "state" },
      { title: "balance", align: "right" },
      { title: "day net", align: "right" },
      { title: "open PnL", align: "right" },
      { title: "day fees", align: "right" },
      { title: "trips", align: "right" },
      { title: "won", align: "right" },
    ],
    accounts.map((account) => [
      account.accountId,
      stateCell(account, paint),
      amountText(account.balance),
      pnlCell(account.dayNet, paint),
      pnlCell(account.unrealized, paint),
      amountText(account.dayFees),
      String(account.roundTrips),
      String(account.wins),
    ]),
  );
}

function stateCell({ ready, tradingState }: AccountStatus, paint: Paint): string {
  if (tradingState !== "active") return paint.bad(tradingState);
  return ready ? "active" : paint.warn("not ready");
}

function positionTable(
  positions: readonly PositionStatus[],
  instruments: Instruments,
  paint: Paint,
): readonly string[] {
  if (positions.length === 0) return [];
  return table(
    [
      { title: "account" },
      { title: "instrument" },
      { title: "side" },
      { title: "qty", align: "right" },
      { title: "entry", align: "right" },
      { title: "mark", align: "right" },
      { title: "open PnL", align: "right" },
    ],
    positions.map(({ position, avgEntryPrice, markPrice, unrealized }) => {
      const { accountId, instrument, qty } = position;
      const decimals = instruments.get(instrument)?.decimals ?? 2;
      return [
        accountId,
        instrument,
        qty > 0 ? "long" : "short",
        String(Math.abs(qty)),
        // An average may lie between two ticks.
        avgEntryPrice.toFixed(decimals + 1),
        markPrice?.toFixed(decimals) ?? "?",
        pnlCell(unrealized, paint),
      ];
    }),
  );
}

function orderTable(orders: readonly Order[], instruments: Instruments): readonly string[] {
  if (orders.length === 0) return [];
  return table(
    [
      { title: "order" },
      { title: "account" },
      { title: "instrument" },
      { title: "side" },
      { title: "qty", align: "right" },
      { title: "filled", align: "right" },
      { title: "terms" },
      { title: "for" },
      { title: "state" },
    ],
    orders.map((order) => [
      printable(order.clientOrderId),
      order.accountId,
      order.instrument,
      order.side,
      String(order.qty),
      String(order.filledQty),
      termsText(order.terms, order.instrument, instruments),
      PURPOSES[order.purpose],
      order.change === null
        ? order.status.kind
        : `${order.status.kind}, ${order.change.kind} asked`,
    ]),
  );
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

function limitTable(accounts: readonly AccountStatus[], paint: Paint): readonly string[] {
  const rows = accounts.flatMap(({ accountId, limits }) =>
    limits.map((limit) => [
      accountId,
      limit.title,
      usedBar(limit, paint),
      unitText(limit.unit, limit.used),
      unitText(limit.unit, limit.limit),
    ]),
  );
  if (rows.length === 0) return [];
  const columns = [
    { title: "account" },
    { title: "rule" },
    { title: "" },
    { title: "used", align: "right" },
    { title: "limit", align: "right" },
  ] as const;
  return table(columns, rows);
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
  return lockouts.map(({ accountId, scope, until, reason, rule }) => {
    const what = scope.kind === "account" ? accountId : `${scope.instrument} of ${accountId}`;
    const end = until === null ? "until an admin unlocks it" : `until ${instantText(until)}`;
    return `${what} ${end}: ${reasonText(reason)} (${rule})`;
  });
}

function enforcementLines({ enforcements }: DeskStatus): readonly string[] {
  return enforcements.map(({ accountId, instrument, keepQty, cause, stage }) => {
    const what = instrument === null ? accountId : `${instrument} of ${accountId}`;
    const down = keepQty === 0 ? "" : ` down to ${keepQty}`;
    return `${what}${down}: ${STAGES[stage]} (${cause})`;
  });
}

function botTable({ bots }: DeskStatus, config: SessionConfig, paint: Paint): readonly string[] {
  if (bots.length === 0) return [];
  return table(
    [
      { title: "bot" },
      { title: "account" },
      { title: "instrument" },
      { title: "state" },
      { title: "signals", align: "right" },
      { title: "day net", align: "right" },
      { title: "net", align: "right" },
    ],
    bots.map(({ botId, status, signals, ledger }) => {
      const known = config.bots.find((bot) => bot.botId === botId);
      const state = status.kind === "halted" ? `halted: ${reasonText(status.reason)}` : status.kind;
      return [
        botId,
        known?.accountId ?? "?",
        known?.instrument ?? "?",
        status.kind === "running" ? state : paint.bad(state),
        String(signals.count),
        pnlCell(ledger.dayNet, paint),
        pnlCell(ledger.totalNet, paint),
      ];
    }),
  );
}

const DENIALS_SHOWN = 5;

function denialLines({ denials }: DeskStatus): readonly string[] {
  return denials
    .slice(-DENIALS_SHOWN)
    .map(({ at, denial }) => `${clockText(at)}  ${denialReason(denial)}`);
}
