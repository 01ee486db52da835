import { accountOf, findOrder } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { AccountId, ClientOrderId } from "#core/domain/ids.ts";
import {
  type Fill,
  type Order,
  type OrderTerms,
  isClosed,
  oppositeSide,
  venueLegId,
} from "#core/domain/order.ts";
import { NO_LOTS } from "#core/domain/units.ts";
import { expectAnswer, overdueAt } from "./answers.ts";
import type { BracketGroup } from "./bracket-group.ts";

// Legs that the venue makes out of a bracket. They are ours from the first fill of the entry on, in flight until the
// venue tells of them; where it does not, they get lost like any order of ours, and the desk places its own.

/** Takes the legs of a new group for ours, if the venue makes them, and returns the group with them. */
export function expectLegs(turn: Turn, group: BracketGroup): BracketGroup {
  const { isVenueHeld, stopPrice, targetPrice } = group;
  if (!isVenueHeld) return group;
  const stop: OrderTerms | null = stopPrice === null ? null : { type: "stop", stopPrice };
  const target: OrderTerms | null =
    targetPrice === null ? null : { type: "limit", limitPrice: targetPrice };
  return {
    ...group,
    stopLossId: stop && expectLeg(turn, group, { purpose: "stopLoss", terms: stop }),
    takeProfitId: target && expectLeg(turn, group, { purpose: "takeProfit", terms: target }),
  };
}

/** Whether the venue may still be at work on the size of its own legs: until a list proves that it is done (R5). */
export function isVenueDue(
  turn: Turn,
  { isVenueHeld, accountId, ...group }: BracketGroup,
): boolean {
  if (!isVenueHeld) return false;
  const { reconciledAt, lastFill } = accountOf(turn.state, accountId);
  if (lastFill !== null && reconciledAt < overdueAt(turn, lastFill.at)) return true;
  const legs = [group.stopLossId, group.takeProfitId].map((id) => openLeg(turn, id));
  return legs.some((leg) => leg?.status.kind === "inFlight" || leg?.status.kind === "unconfirmed");
}

/** Whether something is said of a leg that is ours only from the first fill of its entry on. */
export function isExpectedLeg(turn: Turn, id: ClientOrderId): boolean {
  for (const leg of ["stopLoss", "takeProfit"] as const) {
    const entryId = id.slice(0, -3) as ClientOrderId;
    if (id !== venueLegId(entryId, leg)) continue;
    const entry = findOrder(turn.state, entryId);
    return entry !== undefined && entry.bracket !== null && !turn.state.brackets.has(entryId);
  }
  return false;
}

/** Whether an order is a leg that becomes ours with one of these fills. */
export function isLegOf(turn: Turn, id: ClientOrderId, fills: readonly Fill[]): boolean {
  const isOf = ({ clientOrderId }: Fill): boolean =>
    id === venueLegId(clientOrderId, "stopLoss") || id === venueLegId(clientOrderId, "takeProfit");
  return isExpectedLeg(turn, id) && fills.some(isOf);
}

/** The account is not set up for it: from now on the desk places the legs, after the fill. */
export function giveUpVenueLegs(turn: Turn, accountId: AccountId): void {
  if (accountOf(turn.state, accountId).brackets === "desk") return;
  turn.emit({ kind: "bracketsChanged", accountId, brackets: "desk" });
  turn.alert("warning", "bracketsRefused", REFUSED);
}

const REFUSED =
  "The venue takes no stop and target with an entry in this account (Auto OCO brackets are off there). From now on the desk places them itself, right after the fill; the refused entry is not repeated";

function openLeg(turn: Turn, id: ClientOrderId | null): Order | undefined {
  const leg = id === null ? undefined : findOrder(turn.state, id);
  return leg === undefined || isClosed(leg) ? undefined : leg;
}

function expectLeg(
  turn: Turn,
  { entryId, accountId, instrument, side, openQty }: BracketGroup,
  { purpose, terms }: { readonly purpose: "stopLoss" | "takeProfit"; readonly terms: OrderTerms },
): ClientOrderId {
  const clientOrderId = venueLegId(entryId, purpose);
  // Its fills may have been told together with those of its entry, as somebody else's.
  const filledQty = findOrder(turn.state, clientOrderId)?.filledQty ?? NO_LOTS;
  const isFilled = filledQty >= openQty;
  const order: Order = {
    accountId,
    instrument,
    source: findOrder(turn.state, entryId)?.source ?? { kind: "desk" },
    purpose,
    side: oppositeSide(side),
    qty: openQty,
    terms,
    timeInForce: "gtc",
    reduceOnly: true,
    bracket: null,
    parent: entryId,
    requestId: null,
    clientOrderId,
    venueOrderId: null,
    approvedAt: turn.now,
    queueUntil: turn.now,
    status: isFilled ? { kind: "filled", at: turn.now } : { kind: "inFlight", since: turn.now },
    change: null,
    filledQty,
    venueFilledQty: filledQty,
  };
  turn.emit({ kind: "orderAdopted", order });
  if (!isFilled) expectAnswer(turn, clientOrderId);
  return clientOrderId;
}
