import { type BookedFill, type LedgerChange, fillKey, findPosition } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { Fill } from "#core/domain/order.ts";
import type { Position, RoundTrip } from "#core/domain/position.ts";
import { type Money, NO_MONEY, moneyToNumber } from "#core/domain/units.ts";
import { flatPosition, tripCount } from "#core/positions/book-fill.ts";
import { withoutFill } from "#core/positions/without-fill.ts";
import { lookSoon } from "./answers.ts";
import { raise } from "./finding.ts";

// What the venue says of a fill after it was booked. What was booked stays in the journal; the difference is a fact.

/** With the fee that it costs at least, where the venue has not told all of it: a loss is not to look smaller. */
export function withFee(turn: Turn, fill: Fill): Fill {
  if (fill.isFeeEstimated === undefined) return fill;
  const usual = turn.market.feePerSide(fill.instrument, fill.at) * BigInt(fill.qty);
  return usual > fill.fee ? { ...fill, fee: usual as Money } : fill;
}

/** A fill that is told again: news is only what the venue says otherwise than before. */
export function correctFill(turn: Turn, told: Fill): void {
  const known = turn.state.recentFills.get(fillKey(told.accountId, told.fillId));
  if (known === undefined || known.isVoided) return;
  const { isFeeEstimated, grossPnl: saidBefore, ...rest } = known.fill;
  const said = told.grossPnl ?? saidBefore;
  const grossPnl = said === undefined || said === saidBefore ? known.grossPnl : said;
  const fee = feeAfter(known.fill, told);
  if (fee === rest.fee && grossPnl === known.grossPnl) return;
  const isEstimated = isFeeEstimated === true && told.isFeeEstimated === true;
  const fill: Fill = {
    ...rest,
    fee,
    ...(said === undefined ? {} : { grossPnl: said }),
    ...(isEstimated ? { isFeeEstimated } : {}),
  };
  const net = grossPnl - known.grossPnl - (fee - rest.fee);
  change(turn, known, { ...known, fill, grossPnl, roundTrip: after(known.roundTrip, net) });
}

/** Takes back what a fill came to, once. What it did to an average changes what later fills have realized. */
export function takeVoid(turn: Turn, told: Fill): void {
  const { state, market } = turn;
  const { accountId, fillId, instrument } = told;
  const key = fillKey(accountId, fillId);
  const known = state.recentFills.get(key);
  const tickValue = market.instrument(instrument)?.tickValue;
  // Of an instrument that the session does not know nothing was ever booked.
  if (tickValue === undefined) return;
  if (known === undefined) return state.bookedFills.has(key) ? tellOld(turn, told) : undefined;
  if (known.isVoided) return;
  const { before } = known;
  const later = before === null ? [] : laterThan(turn, known);
  const rebuilt = before === null ? null : withoutFill({ ...known, before }, later, tickValue);
  takeBack(turn, known, rebuilt?.position ?? heldOf(turn, told));
  for (const [index, was] of later.entries()) {
    const now = rebuilt?.later[index];
    if (now !== undefined) change(turn, was, now);
  }
  turn.touch(accountId);
  lookSoon(turn, accountId);
}

function after(ended: RoundTrip | null, net: bigint): RoundTrip | null {
  return ended && { ...ended, netPnl: (ended.netPnl + net) as Money };
}

/** A fee that was estimated gives way to the true one; otherwise the venue may only name more: some rows lack a part. */
function feeAfter(known: Fill, told: Fill): Money {
  const isTrue = known.isFeeEstimated !== undefined && told.isFeeEstimated === undefined;
  return isTrue || told.fee > known.fee ? told.fee : known.fee;
}

function laterThan(turn: Turn, { fill }: BookedFill): readonly BookedFill[] {
  const all = [...turn.state.recentFills.values()].filter(
    (one) =>
      one.fill.accountId === fill.accountId &&
      one.fill.instrument === fill.instrument &&
      !one.isVoided,
  );
  return all.slice(all.findIndex((one) => one.fill.fillId === fill.fillId) + 1);
}

function heldOf(turn: Turn, { accountId, instrument }: Fill): Position {
  return findPosition(turn.state, accountId, instrument) ?? flatPosition(accountId, instrument);
}

function takeBack(turn: Turn, known: BookedFill, position: Position): void {
  const booked = { ...known, grossPnl: NO_MONEY, roundTrip: null, before: null, isVoided: true };
  const { accountId, fillId, side, qty, instrument, fee } = known.fill;
  const added = { ...difference(known, booked), fees: -fee as Money, fills: -1 };
  turn.emit({ kind: "fillVoided", at: turn.now, booked, added, position });
  const net = moneyToNumber((known.grossPnl - fee) as Money);
  const text = `the venue voided fill ${fillId}, ${side} ${qty} ${instrument}: its ${net} after fees does not count any more`;
  raise(turn, accountId, { code: "fillVoided", text });
}

/** So many fills came after it that nobody knows any more what it came to. */
function tellOld(turn: Turn, { accountId, fillId, side, qty, instrument }: Fill): void {
  const text = `the venue voided fill ${fillId}, ${side} ${qty} ${instrument}, long after it was booked: what it earned or lost still counts here; take the venue's word`;
  raise(turn, accountId, { code: "fillVoidedLate", text });
}

function change(turn: Turn, was: BookedFill, booked: BookedFill): void {
  const added = difference(was, booked);
  turn.emit({ kind: "fillCorrected", at: turn.now, booked, added });
  turn.touch(booked.fill.accountId);
}

function difference(was: BookedFill, now: BookedFill): LedgerChange {
  const before = tripCount(was.roundTrip);
  const counts = tripCount(now.roundTrip);
  return {
    grossPnl: (now.grossPnl - was.grossPnl) as Money,
    fees: (now.fill.fee - was.fill.fee) as Money,
    fills: 0,
    roundTrips: counts.roundTrips - before.roundTrips,
    wins: counts.wins - before.wins,
  };
}
