import { describe, expect, test } from "vitest";
import { botId, clientOrderId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import {
  ACCOUNT,
  GOLD,
  OPENING,
  aBracket,
  anAccountConfig,
  anEntry,
  limitAt,
  queueLimits,
} from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { Desk } from "./desk.ts";

const BID = { terms: limitAt(26_400), qty: lots(2) } as const;
/** As long as the venue may take for an answer. */
const TIMEOUT = 2_000;

describe("a process that takes over", () => {
  test("takes what was on its way as unknown and finds out", () => {
    const desk = new TestDesk();
    desk.answers = () => "lose";
    const id = desk.place(BID);
    desk.advance(100);

    desk.restart();
    const taken = desk.order(id).status;
    desk.answers = () => "tell";
    desk.advance(TIMEOUT);

    expect(taken).toEqual({ kind: "unconfirmed", since: OPENING + 100 });
    expect(desk.facts).toContainEqual({
      kind: "orderUnconfirmed",
      clientOrderId: id,
      at: OPENING + 100,
      reason: "the desk stopped before the answer",
    });
    expect(desk.order(id).status.kind).toBe("working");
    expect(desk.commands.filter(({ kind }) => kind === "submitOrder")).toHaveLength(1);
  });

  test("ends what was not sent", () => {
    const queue = queueLimits({ perSecond: 1, burst: 1 });
    const desk = new TestDesk({ session: { queue } });
    desk.place(BID);
    const waiting = desk.place({ terms: limitAt(26_300) });

    desk.restart();
    desk.advance(10_000);

    expect(desk.order(waiting).status).toEqual({
      kind: "canceled",
      at: OPENING,
      reason: "not sent before the desk stopped",
    });
  });

  test("closes entries until the venue has been asked", () => {
    const desk = new TestDesk();
    desk.answers = () => "hold";

    desk.restart();
    desk.quote(26_500, 26_501);
    const blind = desk.request(anEntry());
    desk.answers = () => "tell";
    desk.tellHeld();

    const started = desk.steps.findLast(({ event }) => event.kind === "deskStarted");
    expect(started?.facts).toEqual([
      { kind: "deskStarted", epoch: 2, at: OPENING },
      {
        kind: "accountReadyChanged",
        accountId: ACCOUNT,
        ready: false,
        asOf: OPENING,
        reason: "started",
      },
    ]);
    expect(blind).toMatchObject({ kind: "denied", denial: { code: "accountNotReady" } });
    expect(desk.request(anEntry()).kind).toBe("accepted");
  });

  test("puts legs in place that the last one had not sent", () => {
    const desk = new TestDesk();
    desk.orders = ({ kind }) => (kind === "submitOrder" ? "lose" : "send");
    desk.answers = () => "hold";
    const id = desk.place({ bracket: aBracket(20, null) });
    const submit = desk.commands.find((one) => one.kind === "submitOrder");
    if (submit === undefined) throw new Error("a submit");
    desk.venue.handle(submit, desk.now);
    desk.advance(0);
    desk.orders = () => "send";
    desk.answers = () => "tell";

    desk.restart();

    expect(desk.order(id).status.kind).toBe("filled");
    expect([...desk.state.openOrders.values()]).toMatchObject([
      { purpose: "stopLoss", status: { kind: "working" }, qty: 1 },
    ]);
  });

  test("gives an unprotected position its grace anew", () => {
    const desk = new TestDesk();
    desk.place();
    desk.advance(5_000);
    const before = desk.state.unprotected.get("PRACTICE-1/MGC");

    desk.restart();

    expect([before, desk.state.unprotected.get("PRACTICE-1/MGC")]).toEqual([
      OPENING,
      OPENING + 5_000,
    ]);
  });

  test("asks again for a cancel that the last one had asked for in vain", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);
    desk.orders = ({ kind }) => (kind === "cancelOrder" ? "lose" : "send");
    desk.request({ kind: "cancel", clientOrderId: id });

    desk.restart();
    desk.advance(TIMEOUT);

    expect(desk.order(id)).toMatchObject({
      status: { kind: "working" },
      change: { kind: "cancel", since: desk.now },
    });
  });

  test("ends lockouts whose time has come meanwhile", () => {
    const rules = { daily_realized_loss: { limit: 5 } };
    const desk = new TestDesk({ session: { accounts: [anAccountConfig({ rules })] } });
    desk.place();
    desk.quote(26_480, 26_481);
    desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null });
    const locked = desk.state.lockouts.size;
    desk.answers = () => "lose";

    // The trading day ends in seven hours.
    const other = new Desk({ strategies: new Map() }, { state: desk.folded(), seq: 1 });
    other.apply({ kind: "deskStarted", at: (OPENING + 8 * 3_600_000) as never, epoch: 2 });

    expect([locked, other.state.lockouts.size]).toEqual([1, 0]);
  });
});

describe("a link", () => {
  test("that is down closes entries and tells a person", () => {
    const desk = new TestDesk();

    const { facts, commands } = desk.apply({
      kind: "linkChanged",
      at: desk.now,
      up: false,
      reason: "no heartbeat",
    });

    expect(facts).toEqual([
      { kind: "linkChanged", problem: "no heartbeat" },
      {
        kind: "accountReadyChanged",
        accountId: ACCOUNT,
        ready: false,
        asOf: OPENING,
        reason: "the link is down: no heartbeat",
      },
    ]);
    expect(commands).toEqual([
      {
        kind: "alert",
        severity: "critical",
        code: "linkDown",
        text: "No entries: no heartbeat",
      },
    ]);
  });

  test("that is up again opens them when both sides have agreed", () => {
    const desk = new TestDesk();
    desk.apply({ kind: "linkChanged", at: desk.now, up: false, reason: "x" });
    desk.advance(5);

    const facts = desk.factsOf(() =>
      desk.apply({ kind: "linkChanged", at: desk.now, up: true, reason: "x" }),
    );

    expect(facts).toEqual([
      { kind: "linkChanged", problem: null },
      {
        kind: "accountReadyChanged",
        accountId: ACCOUNT,
        ready: false,
        asOf: OPENING,
        reason: "the link is up again, and the venue is being compared with",
      },
      {
        kind: "accountReadyChanged",
        accountId: ACCOUNT,
        ready: true,
        asOf: OPENING + 5,
        reason: "reconciled",
      },
    ]);
  });
});

describe("a journal that cannot be written", () => {
  test("stops entries, not exits, until it can be again", () => {
    const desk = new TestDesk();
    desk.place({ qty: lots(2) });
    const full = { kind: "journalChanged", writable: false, reason: "disk full" } as const;

    const { facts, commands } = desk.apply({ ...full, at: desk.now });
    const entry = desk.request(anEntry(BID));
    const exit = desk.request(anEntry({ side: "sell", reduceOnly: true }));
    const mended = desk.apply({ ...full, at: desk.now, writable: true });

    expect(facts).toEqual([
      { kind: "journalWritableChanged", writable: false, reason: "disk full" },
    ]);
    expect(commands).toEqual([
      {
        kind: "alert",
        severity: "critical",
        code: "journalNotWritable",
        text: "No entries: disk full",
      },
    ]);
    expect(entry).toMatchObject({ kind: "denied", denial: { code: "journalNotWritable" } });
    expect(exit.kind).toBe("accepted");
    expect(mended.commands).toEqual([]);
    expect(desk.request(anEntry(BID)).kind).toBe("accepted");
  });
});

describe("an order that was not sent at the last moment", () => {
  test("ends", () => {
    const desk = new TestDesk();
    desk.orders = () => "lose";
    const id = desk.place(BID);

    const { facts } = desk.apply({
      kind: "sendWithheld",
      at: desk.now,
      clientOrderId: id,
      reason: "another process owns the accounts",
    });

    expect(facts).toEqual([
      {
        kind: "orderCanceled",
        clientOrderId: id,
        at: desk.now,
        venueFilledQty: 0,
        reason: "not sent: another process owns the accounts",
      },
    ]);
    const commands = desk.commandsOf(() => desk.advance(10 * TIMEOUT));
    expect(commands).toEqual([]);
  });

  test("was sent if the venue knows it", () => {
    const desk = new TestDesk();
    const id = desk.place(BID);

    const facts = [id, clientOrderId("k9-9")].flatMap((one) => {
      const event = { kind: "sendWithheld", clientOrderId: one, reason: "x" } as const;
      return desk.apply({ ...event, at: desk.now }).facts;
    });

    expect(facts).toEqual([]);
    expect(desk.order(id).status.kind).toBe("working");
  });
});

test("safe mode halts the desk and locks its accounts until a person opens them", () => {
  const desk = new TestDesk();
  desk.place();

  const { facts, commands } = desk.apply({
    kind: "safeModeEntered",
    at: desk.now,
    reason: "record 7 is damaged",
  });

  expect(facts.slice(0, 2)).toEqual([
    {
      kind: "tradingStateChanged",
      scope: { kind: "desk" },
      state: "halted",
      reason: "record 7 is damaged",
    },
    {
      kind: "accountLocked",
      lockout: {
        lockoutId: `${ACCOUNT}/safeMode/${OPENING}`,
        accountId: ACCOUNT,
        scope: { kind: "account" },
        rule: "safeMode",
        kind: "hard",
        reason: "record 7 is damaged",
        startedAt: OPENING,
        until: null,
      },
    },
  ]);
  expect(commands[0]).toMatchObject({ kind: "alert", severity: "critical", code: "safeMode" });
  desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: null });
  expect(desk.position()?.qty).toBe(0);
  expect(desk.request(anEntry()).kind).toBe("denied");
});

test("a stop takes no entries, and the next start does", () => {
  const desk = new TestDesk();

  const { facts } = desk.apply({ kind: "stopRequested", at: desk.now });
  const stopping = desk.request(anEntry());
  desk.restart();
  desk.quote(26_500, 26_501);

  expect(facts).toEqual([{ kind: "deskStopping", at: OPENING }]);
  expect(stopping).toMatchObject({ kind: "denied", denial: { code: "tradingReducing" } });
  expect(desk.request(anEntry()).kind).toBe("accepted");
});

test("the failure of a bot that nobody knows changes nothing", () => {
  const desk = new TestDesk();

  const { facts, commands } = desk.apply({
    kind: "botFailed",
    at: desk.now,
    botId: botId("other"),
    reason: "slow",
  });

  expect([facts, commands]).toEqual([[], []]);
});
