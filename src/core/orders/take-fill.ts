import { fillKey, findOrder } from "#core/desk/state.ts";
import type { Turn } from "#core/desk/turn.ts";
import type { Fill } from "#core/domain/order.ts";
import { book } from "#core/positions/book.ts";
import { externalOrder } from "./adopt.ts";
import { lookNext } from "./answers.ts";
import { correctFill, withFee } from "./correct-fill.ts";
import { raise } from "./finding.ts";

/**
 * Books what the venue says was executed, once, whoever's order it was (R7, R14); told again it may correct what was booked. What happens in an instrument that
 * the session does not know cannot be valued: a person is told.
 */
export function takeFill(turn: Turn, fill: Fill): void {
  const { state } = turn;
  const { accountId, fillId, clientOrderId } = fill;
  const account = state.accounts.get(accountId);
  if (account === undefined) return;
  if (state.bookedFills.has(fillKey(accountId, fillId))) return correctFill(turn, fill);
  // Most likely booked and forgotten since. Were it not, the positions would differ, and they are compared.
  if (fill.at <= account.fillsForgottenUntil) return;
  if (turn.market.instrument(fill.instrument) === undefined) {
    const text = `fill ${fillId} of ${fill.instrument}, which the session does not know`;
    raise(turn, accountId, { code: "unknownInstrument", text });
    return turn.emit({ kind: "fillPassedOver", accountId, fillId, at: fill.at });
  }
  if (findOrder(state, clientOrderId) === undefined) adoptOrderOf(turn, fill);
  book(turn, withFee(turn, fill));
  lookNext(turn, accountId);
}

/** The order behind a fill, as far as the fill tells it. */
function adoptOrderOf(turn: Turn, fill: Fill): void {
  const terms = { type: "market" } as const;
  const order = externalOrder(turn, { ...fill, venueOrderId: null, terms, reduceOnly: false });
  turn.emit({ kind: "orderAdopted", order });
}
