import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { VenueCommand } from "#core/desk/command.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import { Desk } from "#core/desk/desk.ts";
import type { DeskEvent } from "#core/desk/event.ts";
import type { Fact } from "#core/desk/fact.ts";
import type { Request, RequestResult } from "#core/desk/request.ts";
import { encodeState } from "#core/desk/snapshot.ts";
import { botId, requestId, venueOrderId } from "#core/domain/ids.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { BrittleJournal } from "#test/kit/brittle-journal.ts";
import {
  ACCOUNT,
  GOLD,
  OPENING,
  aBotConfig,
  aSessionConfig,
  anEntry,
  limitAt,
} from "#test/kit/builders.ts";
import type { Overrun } from "./callback-timer.ts";
import { DeskLoop } from "./desk-loop.ts";
import { Recorder } from "./recorder.ts";
import { decodeRecord, recover } from "./recovery.ts";

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

describe("while the journal cannot be written", () => {
  test("an entry is not accepted and not sent, and a person is told", () => {
    const { loop, journal, left, ask, replies } = aLoop();
    journal.isFull = true;

    ask(anEntry());
    loop.release();

    expect(replies).toEqual([
      {
        kind: "impossible",
        reason: "the journal cannot be written, so nothing is entered; make room on the disk",
      },
    ]);
    expect(left()).toContain("critical: No entries: the disk is full");
    expect(left().filter((line) => line.startsWith("submitOrder"))).toEqual([]);
    expect(loop.desk.state.journalWritable).toBe(false);
  });

  test("further entries are denied by the gate", () => {
    const { loop, journal, ask, replies } = aLoop();
    journal.isFull = true;
    ask(anEntry());
    loop.release();

    ask(anEntry({ qty: lots(2) }));
    loop.release();

    expect(replies.at(-1)).toMatchObject({
      kind: "denied",
      denial: { code: "journalNotWritable" },
    });
  });

  test("a working entry does not grow", () => {
    const { loop, journal, left, ask, replies } = aLoop();
    ask(anEntry({ terms: limitAt(26_400) }));
    loop.release();
    const [clientOrderId] = [...loop.desk.state.openOrders.keys()];
    if (clientOrderId === undefined) throw new Error("Expected a working order");
    const report = { kind: "accepted", clientOrderId, venueOrderId: venueOrderId("O1") } as const;
    loop.apply({ kind: "orderReported", at: OPENING, report });
    loop.release();
    left();
    journal.isFull = true;

    ask({ kind: "modify", clientOrderId, qty: lots(5), terms: limitAt(26_400) });
    loop.release();

    expect(left().filter((line) => line.startsWith("modifyOrder"))).toEqual([]);
    expect(replies.at(-1)).toMatchObject({ kind: "impossible" });
    expect(loop.desk.state.openOrders.get(clientOrderId)).toMatchObject({ qty: 1, change: null });
  });

  test("what reduces risk is answered and sent all the same", () => {
    const { loop, journal, left, ask, replies } = aLoop();
    ask(anEntry({ terms: limitAt(26_400) }));
    loop.release();
    left();
    journal.isFull = true;

    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();

    expect(replies.at(-1)).toEqual({ kind: "accepted", clientOrderIds: [] });
    expect(left().some((line) => line.startsWith("cancelOrder"))).toBe(true);
  });

  test("nothing is lost: it is recorded when there is room, and entries are taken again", () => {
    const { loop, journal, ask, replies, recorded } = aLoop();
    journal.isFull = true;
    ask(anEntry());
    loop.release();
    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();

    journal.isFull = false;
    loop.release();
    ask(anEntry({ qty: lots(3), terms: limitAt(26_300) }));
    loop.release();

    const kinds = recorded().map(({ event }) => event.kind);
    expect(kinds.slice(-6)).toEqual([
      "requestReceived",
      "journalChanged",
      "sendWithheld",
      "requestReceived",
      "journalChanged",
      "requestReceived",
    ]);
    expect(replies.at(-1)).toMatchObject({ kind: "accepted" });
    const { origin } = recover({ journal, damage: null, setAside: () => undefined });
    expect(origin === null ? "" : encodeState(origin.state)).toBe(encodeState(loop.desk.state));
  });
});

test("a desk that was recovered from a time without journal takes entries when it can be written", () => {
  const { loop, ask, replies } = aLoop();
  loop.apply({ kind: "journalChanged", at: OPENING, writable: false, reason: "the disk is full" });

  loop.release();
  ask(anEntry());
  loop.release();

  expect(replies).toMatchObject([{ kind: "accepted" }]);
});

describe("once the journal is damaged", () => {
  test("nothing is entered any more, though it can be written again, and a flatten goes out", () => {
    const { loop, journal, left, ask, replies } = aLoop();
    ask(anEntry({ terms: limitAt(26_400) }));
    loop.release();
    left();
    journal.isDamaged = true;

    ask({ kind: "flatten", accountId: ACCOUNT });
    loop.release();
    const told = left();
    journal.isDamaged = false;
    loop.release();
    ask(anEntry());
    loop.release();

    expect(told).toContain("critical: No entries: record 1 is damaged");
    expect(told.some((line) => line.startsWith("cancelOrder"))).toBe(true);
    expect(replies.slice(1)).toMatchObject([
      { kind: "accepted" },
      { kind: "denied", denial: { code: "journalNotWritable" } },
    ]);
  });

  test("it counts as well when only tidying has found it", () => {
    const { loop, journal, left } = aLoop();
    journal.isDamaged = true;

    loop.tidy(() => journal.checkpoint("idle"));
    journal.isDamaged = false;
    loop.release();

    expect(loop.desk.state.journalWritable).toBe(false);
    expect(left()).toContain("critical: No entries: record 1 is damaged");
  });
});

/** A loop over a real desk and a real journal, its account ready; what leaves it is noted. */
function aLoop(session: Partial<SessionConfig> = {}) {
  const journal = new BrittleJournal();
  const recorder = new Recorder({ journal, tape: null }, (text) => hash("sha256", text));
  const lines: string[] = [];
  const replies: RequestResult[] = [];
  let isOwner = true;
  let requests = 0;
  let overruns: readonly Overrun[] = [];
  let told: Fact["kind"][] = [];
  const durable = () => `durable to ${journal.head().seq}`;
  const loop = new DeskLoop(
    new Desk({ strategies: STRATEGIES }),
    recorder,
    {
      send: (command: VenueCommand) => void lines.push(`${command.kind}, ${durable()}`),
      reply(_id, result) {
        replies.push(result);
        lines.push(`reply ${result.kind}, ${durable()}`);
      },
      ownsLease: () => isOwner,
      takeOverruns() {
        const taken = overruns;
        overruns = [];
        return taken;
      },
    },
    {
      onFact: (fact) => void told.push(fact.kind),
      onAlert: ({ severity, text }) => void lines.push(`${severity}: ${text}`),
    },
  );
  for (const event of beginning(session)) loop.apply(event);
  loop.release();
  const left = (): readonly string[] => {
    const all = told.length === 0 ? [...lines] : [...lines, `told ${told.join(", ")}`];
    lines.length = 0;
    told = [];
    return all;
  };
  left();
  return {
    loop,
    journal,
    replies,
    /** What has left since it was last asked. */
    left,
    lose: () => void (isOwner = false),
    overrun: (overrun: Overrun) => void (overruns = [overrun]),
    ask: (request: Request): void => {
      requests += 1;
      const id = requestId(`R${requests}`);
      loop.apply({ kind: "requestReceived", at: OPENING, requestId: id, by: "ann", request });
    },
    recorded: () => [...journal.read(0)].map(({ body }) => decodeRecord(body)),
  };
}

/** A session that has compared its account with the venue and seen a price. */
function beginning(session: Partial<SessionConfig>): readonly DeskEvent[] {
  const at = OPENING;
  const since = epochMs(0);
  const snapshot = { accountId: ACCOUNT, since, asOf: at, orders: [], fills: [], positions: [] };
  return [
    { kind: "sessionOpened", at, config: aSessionConfig(session) },
    { kind: "deskStarted", at, epoch: 1 },
    { kind: "accountReported", at, snapshot },
    {
      kind: "quote",
      at,
      instrument: GOLD.id,
      bidPrice: ticks(26_500),
      bidQty: lots(10),
      askPrice: ticks(26_501),
      askQty: lots(10),
    },
  ];
}
