import type { BookedFill } from "#core/desk/state.ts";
import type { Position } from "#core/domain/position.ts";
import type { Money } from "#core/domain/units.ts";
import { bookFill } from "./book-fill.ts";

/** What a position and the fills after one that was voided come to without it. */
export type Rebuilt = {
  readonly position: Position;
  /** In their order, as they count now. */
  readonly later: readonly BookedFill[];
};

/**
 * Books again, from the position before a voided fill, what came after it in its instrument. Each later fill changes
 * by what the voided one did to its own average cost; where the venue said something else than ours, that stays.
 */
export function withoutFill(
  voided: BookedFill & { readonly before: Position },
  later: readonly BookedFill[],
  tickValue: Money,
): Rebuilt {
  let was = own(voided.before, voided, tickValue).position;
  let now = voided.before;
  const rebuilt: BookedFill[] = [];
  for (const booked of later) {
    const old = own(was, booked, tickValue);
    const more = own(now, booked, tickValue).grossPnl - old.grossPnl;
    const grossPnl = (booked.grossPnl + more) as Money;
    const fill = { ...booked.fill, grossPnl };
    const { position, roundTrip } = bookFill(now, { fill, owner: booked.source }, tickValue);
    rebuilt.push({ ...booked, grossPnl, roundTrip, before: now });
    was = old.position;
    now = position;
  }
  return { position: now, later: rebuilt };
}

/** By our own average cost, whatever the venue said. */
function own(before: Position, { fill, source }: BookedFill, tickValue: Money) {
  const { grossPnl: _, ...executed } = fill;
  return bookFill(before, { fill: executed, owner: source }, tickValue);
}
