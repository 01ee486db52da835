import { expect, test } from "vitest";
import type { Order } from "#core/domain/order.ts";
import { type EpochMs, NO_MONEY, lots, signedLots, ticks } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, anOrder, limitAt } from "#test/kit/builders.ts";
import { aimText, stayText } from "./order-aim.ts";

const LONG = {
  accountId: ACCOUNT,
  instrument: GOLD.id,
  qty: signedLots(2),
  cost: NO_MONEY,
  openedAt: 0 as EpochMs,
  trip: null,
};
const STOP = { type: "stop", stopPrice: ticks(26_400) } as const;
const PROTECTS = "placed elsewhere, protects or closes";
const STAYS = "placed elsewhere and left there";

test.each([
  ["a stop against the position", { terms: STOP }, "stop loss, elsewhere", PROTECTS],
  ["a limit against it", { terms: limitAt(26_600) }, "take profit, elsewhere", PROTECTS],
  ["a stop larger than it", { terms: STOP, qty: lots(3) }, "entry, elsewhere", STAYS],
  ["an order on its side", { terms: STOP, side: "buy" }, "entry, elsewhere", STAYS],
] as const)("%s that was placed elsewhere is told as what it is", (_what, changed, aim, stay) => {
  const order = external(changed);

  expect(aimText(order, [LONG])).toBe(aim);
  expect(stayText(order, [LONG])).toBe(stay);
});

test("where nothing is held, what was placed elsewhere may open something", () => {
  expect(aimText(external({ terms: STOP }), [{ ...LONG, qty: signedLots(0) }])).toBe(
    "entry, elsewhere",
  );
});

test("an order of ours is for what it was placed for", () => {
  const order = anOrder({ purpose: "takeProfit", reduceOnly: true });

  expect([aimText(order, [LONG]), stayText(order, [LONG])]).toEqual([
    "take profit",
    "protects or closes",
  ]);
});

function external(changed: Partial<Order>): Order {
  return anOrder({
    source: { kind: "external" },
    side: "sell",
    qty: lots(1),
    status: { kind: "working" },
    ...changed,
  });
}
