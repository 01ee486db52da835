import { describe, expect, test } from "vitest";
import type { DeskEvent } from "#core/desk/event.ts";
import { botId } from "#core/domain/ids.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, OPENING, aBotConfig, anEntry, limitAt } from "#test/kit/builders.ts";
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

  test("because another process owns the accounts; then no cancel goes either", () => {
    const { loop, left, ask, recorded, lose } = aLoop();
    ask(anEntry({ terms: limitAt(26_400) }));
    loop.release();
    left();
    lose();

    ask(anEntry());
    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();

    expect(left().filter((line) => /^(?:submit|cancel)Order/u.test(line))).toEqual([]);
    expect(recorded().at(-1)).toMatchObject({
      event: { kind: "sendWithheld", reason: "another process owns the accounts" },
    });
  });
});
