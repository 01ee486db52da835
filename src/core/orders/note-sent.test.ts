import { expect, test } from "vitest";
import { evolve } from "#core/desk/evolve.ts";
import { MESSAGES_KEPT, emptyState } from "#core/desk/state.ts";
import { clientOrderId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import { ACCOUNT, aSessionConfig, anOrder } from "#test/kit/builders.ts";
import { noteSent } from "./evolve-order.ts";

const HOUR = 3_600_000;
const ID = clientOrderId("k1-1");

test(`an account remembers its messages for a day, the last ${MESSAGES_KEPT} of them`, () => {
  const { state, sentAt } = aSender();

  for (const at of [0, 1, 24 * HOUR, 25 * HOUR - 1]) noteSent(state, ID, epochMs(at));
  const afterADay = sentAt();
  for (let count = 1; count <= MESSAGES_KEPT; count += 1) noteSent(state, ID, epochMs(25 * HOUR));

  expect(afterADay).toEqual([24 * HOUR, 25 * HOUR - 1]);
  expect(sentAt()).toEqual(Array.from({ length: MESSAGES_KEPT }, () => 25 * HOUR));
});

/** A desk with one order, and when its account sent messages. */
function aSender() {
  const state = emptyState();
  evolve(state, { kind: "sessionOpened", config: aSessionConfig() });
  evolve(state, { kind: "orderAdopted", order: anOrder({ clientOrderId: ID }) });
  return { state, sentAt: () => state.accounts.get(ACCOUNT)?.sentAt };
}
