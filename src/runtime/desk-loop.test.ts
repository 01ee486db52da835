import { describe, expect, test } from "vitest";
import type { DeskEvent } from "#core/desk/event.ts";
import { botId, clientOrderId as orderId, venueOrderId } from "#core/domain/ids.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import {
  ACCOUNT,
  GOLD,
  OPENING,
  aBotConfig,
  aBracket,
  aFill,
  anEntry,
  limitAt,
  stopAt,
} from "#test/kit/builders.ts";
import { aLoop } from "#test/kit/test-loop.ts";

test("nothing leaves before the record that holds it is durable, and facts are told last", () => {
  const { loop, left, ask } = aLoop();

  ask(anEntry());
  const before = left();
  const { seq } = loop.desk;
  loop.release();

  expect(before).toEqual([]);
  expect(left()).toEqual([
    `reply accepted, durable to ${seq}`,
    `submitOrder, durable to ${seq}`,
    "told orderApproved, requestHandled, orderSubmitted",
  ]);
});

test("what one turn brings leaves in its order after one commit", () => {
  const { loop, left, ask } = aLoop();

  ask(anEntry({ terms: limitAt(26_400) }));
  ask({ kind: "flatten", accountId: ACCOUNT });
  loop.release();

  // The entry had not been sent when the flatten came, and is not sent any more.
  expect(left().map((line) => line.replace(/, durable.*| orderApproved.*/u, ""))).toEqual([
    "reply accepted",
    "reply accepted",
    "cancelOrder",
    "told",
  ]);
});

test("a wake-up is kept, not sent", () => {
  const { loop, left } = aLoop();

  loop.apply({ kind: "linkChanged", at: OPENING, up: true, reason: "" });
  loop.release();

  expect(loop.timerAt).toBeGreaterThan(OPENING);
  expect(left().join(" ")).not.toContain("setTimer");
});

test("a bot that overran is halted right after the event, at its instant", () => {
  const { loop, recorded, overrun } = aLoop({ bots: [aBotConfig()] });
  const tick = { instrument: GOLD.id, price: ticks(26_500), qty: lots(1), aggressor: "unknown" };
  const at = epochMs(OPENING + 1_000);

  overrun({ botId: botId("bot-1"), reason: "it took a second" });
  loop.apply({ kind: "tradeTick", at, ...tick } as DeskEvent);
  loop.release();

  expect(recorded().at(-1)).toMatchObject({
    event: { kind: "botFailed", at, botId: "bot-1", reason: "it took a second" },
    facts: [{ kind: "botStatusChanged", status: { kind: "halted" } }],
  });
  expect(loop.desk.seq).toBe(recorded().at(-1)?.seq);
});

describe("an order that may no longer go is withheld and ends, durably", () => {
  test("because the desk was halted in the same turn", () => {
    const { loop, left, ask, recorded } = aLoop();
    ask(anEntry());

    ask({ kind: "setTradingState", scope: { kind: "desk" }, state: "halted" });
    loop.release();

    expect(left().some((line) => line.startsWith("submitOrder"))).toBe(false);
    expect(recorded().at(-1)).toMatchObject({
      event: { kind: "sendWithheld", reason: "tradingHalted" },
      facts: [{ kind: "orderCanceled", reason: "not sent: tradingHalted" }],
    });
  });

  test("because its account was taken back to observe in the same turn", () => {
    const { loop, left, ask, report } = aLoop();
    ask(anEntry({ bracket: aBracket(20, 40) }));
    loop.release();
    const clientOrderId = orderId("k1-1");
    report({ kind: "filled", clientOrderId, fill: aFill({ clientOrderId, at: OPENING }) });
    loop.release();
    const [stop, target] = [orderId("k1-2"), orderId("k1-3")];
    for (const leg of [stop, target]) {
      report({ kind: "accepted", clientOrderId: leg, venueOrderId: venueOrderId(leg) });
    }
    loop.release();
    const before = left().filter(isOrderCommand);

    ask({ kind: "modify", clientOrderId: stop, qty: lots(1), terms: stopAt(26_485) });
    ask({ kind: "cancel", clientOrderId: target });
    ask({ kind: "arm", accountId: ACCOUNT, arming: "observe", confirm: null });
    loop.release();

    const after = left();
    expect(before).toHaveLength(3);
    expect(after.filter((line) => line.startsWith("reply accepted"))).toHaveLength(3);
    expect(after.filter(isOrderCommand)).toEqual([]);
    expect(loop.desk.state.openOrders.get(stop)?.change).toBeNull();
  });

  test("because another process owns the accounts; then no cancel goes either", () => {
    const { loop, left, ask, recorded, lose } = aLoop();
    ask(anEntry({ terms: limitAt(26_400) }));
    loop.release();
    left();
    lose();

    ask(anEntry());
    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();

    expect(left().filter(isOrderCommand)).toEqual([]);
    expect(recorded().at(-1)).toMatchObject({
      event: { kind: "sendWithheld", reason: "another process owns the accounts" },
    });
  });
});

function isOrderCommand(line: string): boolean {
  return /^(?:submit|modify|cancel)Order/u.test(line);
}
