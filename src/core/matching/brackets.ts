import type { ClientOrderId } from "#core/domain/ids.ts";
import { type Bracket, type OrderTerms, venueLegId } from "#core/domain/order.ts";
import { ticks } from "#core/domain/units.ts";
import type { BookOrder, Leg, LegKind } from "./book-order.ts";

/** Client order ids have 64 characters at most, the suffix of a leg included. */
export const ENTRY_ID_LENGTH_MAX = 64 - 3;

/** The legs of an entry, the stop first. */
export function legsOf(bracket: Bracket | null): readonly LegKind[] {
  if (bracket === null) return [];
  return bracket.takeProfitTicks === null ? ["stopLoss"] : ["stopLoss", "takeProfit"];
}

/** The leg that has this id, if its entry has one; undefined when the id does not end like a leg's. */
export function legNamed(id: ClientOrderId): Leg | undefined {
  const entryId = id.slice(0, -3) as ClientOrderId;
  if (id === venueLegId(entryId, "stopLoss")) return { entryId, kind: "stopLoss" };
  if (id === venueLegId(entryId, "takeProfit")) return { entryId, kind: "takeProfit" };
  return undefined;
}

export function otherLeg(kind: LegKind): LegKind {
  return kind === "stopLoss" ? "takeProfit" : "stopLoss";
}

/**
 * The terms of a leg, measured from the average price of the entry's fills. An average between two
 * ticks rounds both legs toward the entry: the stop never risks more than its distance.
 */
export function legTerms(entry: BookOrder, bracket: Bracket, kind: LegKind): OrderTerms {
  const average = averageTicks(entry);
  const sign = entry.side === "buy" ? 1 : -1;
  if (kind === "stopLoss") {
    const anchor = entry.side === "buy" ? average.ceil : average.floor;
    return { type: "stop", stopPrice: ticks(anchor - sign * bracket.stopLossTicks) };
  }
  const anchor = entry.side === "buy" ? average.floor : average.ceil;
  const distance = bracket.takeProfitTicks ?? 0;
  return { type: "limit", limitPrice: ticks(anchor + sign * distance) };
}

/** The average fill price rounded both ways, exactly: the remainder of integers is an integer. */
function averageTicks(order: BookOrder): { readonly floor: number; readonly ceil: number } {
  const { filledQty, filledValue } = order;
  const rest = ((filledValue % filledQty) + filledQty) % filledQty;
  const floor = (filledValue - rest) / filledQty;
  return { floor, ceil: rest === 0 ? floor : floor + 1 };
}
