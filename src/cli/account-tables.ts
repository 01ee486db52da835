import type { AccountStatus, DeskStatus, LimitUsed } from "#runtime/status.ts";
import { bar, pnlCell } from "./cells.ts";
import { amountText } from "./money-text.ts";
import type { Paint } from "./paint.ts";
import { notReadyReason, stoppedSentence } from "./sentences.ts";
import type { Section } from "./status-layout.ts";
import type { Column } from "./table.ts";
import { durationText } from "./time-text.ts";

/** What the limits of accounts leave: asked before more may be sent. */
export function budgetSections(status: DeskStatus, paint: Paint): readonly Section[] {
  return [accountTable(status, paint), limitTable(status, paint)];
}

/** The balance and the day of each account, what may be sent for it, and why it cannot trade. */
export function accountTable(status: DeskStatus, paint: Paint): Section {
  const hasArming = isArmed(status);
  const columns = [
    { title: "account" },
    { title: "state" },
    ...(hasArming ? [{ title: "armed" }] : []),
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
    ...(hasArming ? [armingCell(account, paint)] : []),
    amountText(account.balance),
    pnlCell(account.dayNet, paint),
    pnlCell(account.unrealized, paint),
    amountText(account.dayFees),
    String(account.roundTrips),
    String(account.wins),
  ]);
  const waiting = status.accounts
    .filter(({ ready }) => !ready)
    .map(({ accountId, readyReason }) => {
      // The link itself says why, at the top.
      const isTold = status.venue?.link === "down" && readyReason.startsWith("the link is down: ");
      const reason = isTold ? "the link is down" : notReadyReason(readyReason);
      return `${accountId} is not ready: ${reason}`;
    });
  const stopped = status.accounts
    .filter(({ isStopped }) => isStopped)
    .map(({ accountId }) => `${accountId} takes no entries: ${stoppedSentence(accountId)}`);
  return { title: "Accounts", columns, rows, sentences: [...stopped, ...waiting] };
}

/** Where there is a venue, or less than everything may be sent; in a replay it would say nothing. */
function isArmed({ venue, accounts }: DeskStatus): boolean {
  return venue !== null || accounts.some(({ arming }) => arming !== "trade");
}

function armingCell({ arming }: AccountStatus, paint: Paint): string {
  return arming === "trade" ? arming : paint.warn(arming);
}

/** The strongest thing that keeps an account from trading. */
function stateCell(
  { accountId, ready, isStopped, tradingState }: AccountStatus,
  { lockouts }: DeskStatus,
  paint: Paint,
): string {
  const isLocked = lockouts.some(
    (lockout) => lockout.accountId === accountId && lockout.scope.kind === "account",
  );
  if (isLocked) return paint.bad("locked");
  if (tradingState !== "active") return paint.bad(tradingState);
  if (isStopped) return paint.bad("stopped");
  return ready ? "active" : paint.warn("not ready");
}

const BAR_CELLS = 20;

/** What each rule of each account has used of its limit. */
export function limitTable(status: DeskStatus, paint: Paint): Section {
  const accountColumn = accountColumnOf(status);
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

/** The first column where there are several accounts; with one, its name stands once. */
export function accountColumnOf({ accounts }: DeskStatus): readonly Column[] {
  return accounts.length > 1 ? [{ title: "account", spare: 1 }] : [];
}
