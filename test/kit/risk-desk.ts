import type { Command, SubmitOrder } from "#core/desk/command.ts";
import type { AccountConfig, SessionConfig } from "#core/desk/config.ts";
import type { Fact } from "#core/desk/fact.ts";
import { clientOrderId, type InstrumentId } from "#core/domain/ids.ts";
import type { OrderTerms } from "#core/domain/order.ts";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, MARKET, NASDAQ, OPENING, anAccountConfig } from "./builders.ts";
import { TestDesk } from "./test-desk.ts";

/** A desk with rules, gold and the micro Nasdaq, both quoted at 26,500 / 26,501. */
export function aRiskDesk(
  account: Partial<AccountConfig> = {},
  session: Partial<Omit<SessionConfig, "accounts">> = {},
): TestDesk {
  const accounts = [anAccountConfig(account)];
  const desk = new TestDesk({ session: { instruments: [GOLD, NASDAQ], accounts, ...session } });
  desk.quote(26_500, 26_501, NASDAQ.id);
  return desk;
}

let placedElsewhere = 0;

/** An order that somebody places on the venue's own page; the desk hears of it as it hears of anything there. */
export function elsewhere(
  desk: TestDesk,
  side: SubmitOrder["side"],
  qty: number,
  more: { readonly terms?: OrderTerms; readonly instrument?: InstrumentId } = {},
): void {
  placedElsewhere += 1;
  const { terms = MARKET, instrument = GOLD.id } = more;
  const order = { accountId: ACCOUNT, instrument, side, qty: lots(qty), terms };
  const rest = { timeInForce: "gtc", reduceOnly: false, bracket: null } as const;
  const id = clientOrderId(`web-${placedElsewhere}`);
  desk.venue.handle({ kind: "submitOrder", clientOrderId: id, ...order, ...rest }, desk.now);
  desk.advance(0);
}

/** Lets a position lose so many ticks by a quote, as both touches. */
export function quoteAt(desk: TestDesk, bid: number, instrument: InstrumentId = GOLD.id): void {
  desk.quote(bid, bid + 1, instrument);
}

/** What the steps since an index tell of risk, a line each, with the time since the opening where it moves on. */
export function storyOf(desk: TestDesk, since = 0): readonly string[] {
  const lines: string[] = [];
  let at = -1;
  for (const step of desk.steps.slice(since)) {
    const told = [...step.facts.map(lineOf), ...step.commands.map(orderLine)];
    const shown = told.filter((line) => line !== undefined);
    if (shown.length > 0 && at !== step.event.at) {
      at = step.event.at;
      lines.push(`+${at - OPENING}`);
    }
    lines.push(...shown);
  }
  return lines;
}

function lineOf(fact: Fact): string | undefined {
  const { kind } = fact;
  if (kind === "breachFound")
    return `breach ${fact.breach.rule} ${fact.breach.value} of ${fact.breach.limit}`;
  if (kind === "breachEnded") return `over ${fact.key}`;
  if (kind === "accountLocked") return `locked by ${fact.lockout.rule}`;
  if (kind === "lockoutEnded") return `unlocked by ${fact.by}`;
  if (kind === "lossWarned") return `warned ${fact.share}`;
  if (kind === "protectionChanged")
    return fact.unprotectedSince === null ? "protected" : "unprotected";
  if (kind === "enforcementEnded") return `${fact.enforcementId} ended`;
  if (kind === "orderRejected") return `rejected ${fact.clientOrderId}`;
  if (kind === "fillBooked")
    return `filled ${fact.fill.side} ${fact.fill.qty}, holds ${fact.position.qty}`;
  return undefined;
}

function orderLine(command: Command): string | undefined {
  const { kind } = command;
  if (kind === "submitOrder")
    return `${command.side} ${command.qty} ${command.terms.type} ${command.instrument}`;
  if (kind === "cancelOrder") return `cancel ${command.clientOrderId}`;
  if (kind === "alert") return `${command.severity} ${command.code}`;
  return kind === "requestSnapshot" ? "ask the venue" : undefined;
}
