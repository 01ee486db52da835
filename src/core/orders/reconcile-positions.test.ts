import { describe, expect, test } from "vitest";
import type { Fact } from "#core/desk/fact.ts";
import { accountId, instrumentId } from "#core/domain/ids.ts";
import type { VenuePosition } from "#core/domain/report.ts";
import { epochMs, lots, signedLots } from "#core/domain/units.ts";
import {
  ACCOUNT,
  GOLD,
  NASDAQ,
  OPENING,
  aBracket,
  aFill,
  anAccountConfig,
  anEntry,
  limitAt,
} from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

/** As long as the venue may take for an answer. */
const TIMEOUT = 2_000;
const NAME_IT =
  "it holds or traded today what the session does not know; name it in connection.instruments";

describe("where the venue holds something else", () => {
  test("its position is ours, of nobody here, and a person is told", () => {
    const desk = new TestDesk();
    desk.advance(10);

    const { facts, commands } = desk.list({ positions: [held(-3, 26_500.5)] });

    expect(facts.slice(0, 2)).toEqual([
      {
        kind: "positionAdopted",
        position: {
          accountId: ACCOUNT,
          instrument: GOLD.id,
          qty: -3,
          cost: 79_501_500_000n,
          openedAt: desk.now,
          trip: {
            owner: { kind: "external" },
            side: "sell",
            maxQty: 3,
            entryQty: 3,
            entryValue: 79_501_500_000n,
            exitQty: 0,
            exitValue: 0n,
            grossPnl: 0n,
            fees: 0n,
          },
        },
      },
      {
        kind: "findingRaised",
        accountId: ACCOUNT,
        code: "positionMismatch",
        text: "MGC: the venue holds -3, we held 0",
      },
    ]);
    expect(commands[0]).toEqual({
      kind: "alert",
      severity: "warning",
      code: "positionMismatch",
      text: "PRACTICE-1: MGC: the venue holds -3, we held 0",
    });
  });

  test("a trip goes on while its side stays", () => {
    const desk = new TestDesk();
    desk.place({ qty: lots(2) });
    const before = desk.position();
    desk.advance(TIMEOUT);

    desk.list({ positions: [held(1, 26_501)] });

    expect(desk.position()).toEqual({ ...before, qty: 1, cost: 26_501_000_000n });
  });

  test("a trip on the other side is of nobody here", () => {
    const desk = new TestDesk();
    desk.place({ qty: lots(2) });
    desk.advance(TIMEOUT);

    desk.list({ positions: [held(-1, 26_501)] });

    expect(desk.position()).toMatchObject({
      qty: -1,
      openedAt: desk.now,
      trip: { owner: { kind: "external" }, side: "sell", maxQty: 1 },
    });
  });

  test.each([
    { name: "is not listed", positions: [] },
    { name: "is listed without lots", positions: [held(0, 0)] },
  ])("a position that $name is flat", ({ positions }) => {
    const desk = new TestDesk();
    desk.place({ qty: lots(2) });
    desk.advance(TIMEOUT);

    const { facts } = desk.list({ positions });

    expect(findings(facts)).toEqual(["MGC: the venue holds 0, we held 2"]);
    expect(desk.position()).toEqual({
      accountId: ACCOUNT,
      instrument: GOLD.id,
      qty: 0,
      cost: 0n,
      openedAt: desk.now,
      trip: null,
    });
  });

  test("each instrument is compared by itself", () => {
    const desk = new TestDesk({ session: { instruments: [GOLD, NASDAQ] } });
    desk.place();
    desk.advance(TIMEOUT);

    const { facts } = desk.list({
      positions: [{ ...held(2, 80_000), instrument: NASDAQ.id }, held(1, 26_501)],
    });

    expect(findings(facts)).toEqual(["MNQ: the venue holds 2, we held 0"]);
    expect(desk.position(NASDAQ.id)?.trip).toMatchObject({ side: "buy", maxQty: 2 });
    expect(desk.position()?.qty).toBe(1);
  });

  test("what is missing may go by another name now: it is not taken for gone, and keeps its stop", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, null) });
    desk.advance(60_000);
    const { orders, positions } = desk.venue.snapshot(ACCOUNT, epochMs(0), desk.now);
    const instrument = instrumentId("MGCJ26");

    const commands = desk.commandsOf(() =>
      desk.list({
        orders: orders.map((order) => ({ ...order, instrument })),
        positions: positions.map((position) => ({ ...position, instrument })),
      }),
    );

    expect(commands.filter(({ kind }) => kind === "cancelOrder")).toEqual([]);
    expect(desk.position()?.qty).toBe(1);
    expect(desk.state.accounts.get(ACCOUNT)?.ready).toBe(false);
    expect([...desk.state.openOrders.values()].map(({ source }) => source.kind)).toEqual([
      "person",
    ]);
  });

  test("nothing happens where both hold the same", () => {
    const desk = new TestDesk();
    desk.place({ qty: lots(2) });
    desk.advance(TIMEOUT);

    const { facts } = desk.list({ positions: [held(2, 1)] });

    expect(facts.map(({ kind }) => kind)).toEqual(["accountReadyChanged"]);
  });
});

describe("a list that is older than a fill we know", () => {
  test("does not judge the position, and another is asked for", () => {
    const desk = new TestDesk();
    const asOf = desk.now;
    desk.advance(10);
    desk.place();

    const { facts, commands } = desk.list({ asOf });

    expect(facts).toEqual([]);
    expect(desk.position()?.qty).toBe(1);
    expect(commands).toEqual([{ kind: "setTimer", dueAt: desk.now + TIMEOUT }]);
  });

  test("does not judge it before the time of an answer has passed: lists of positions lag", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket(20, null) });
    desk.advance(TIMEOUT - 1);
    const { orders, fills } = desk.venue.snapshot(ACCOUNT, epochMs(0), desk.now);

    const early = desk.factsOf(() => desk.list({ orders, fills }));
    desk.advance(1);
    const late = desk.list({ orders, fills }).facts;

    expect(early).toEqual([]);
    expect(findings(late)).toEqual(["MGC: the venue holds 0, we held 1"]);
  });

  test("does so by the newest fill, whatever order they were told in", () => {
    const desk = new TestDesk();
    desk.report(filled({ at: epochMs(OPENING + 50) }));
    desk.report(filled({ at: epochMs(OPENING + 20), fillId: "F3" as never }));

    const { facts } = desk.list({ asOf: epochMs(OPENING + 30), positions: [held(1, 26_500)] });

    expect(findings(facts)).toEqual([]);
  });
});

describe("an account", () => {
  test("takes no entries until both sides have agreed", () => {
    const desk = new TestDesk();
    desk.apply({ kind: "linkChanged", at: desk.now, up: false, reason: "cable" });
    const blind = desk.request(anEntry());

    desk.apply({ kind: "linkChanged", at: desk.now, up: true, reason: "cable" });
    const ready = desk.request(anEntry());

    expect(blind).toMatchObject({ kind: "denied", denial: { code: "accountNotReady" } });
    expect(ready.kind).toBe("accepted");
  });

  test("agrees as of the newest list", () => {
    const desk = new TestDesk();
    desk.advance(10);

    const facts = [OPENING + 5, OPENING + 5, OPENING + 4, OPENING + 6].flatMap(
      (asOf) => desk.list({ asOf: epochMs(asOf) }).facts,
    );

    expect(facts).toEqual([
      {
        kind: "accountReadyChanged",
        accountId: ACCOUNT,
        ready: true,
        asOf: OPENING + 5,
        reason: "reconciled",
      },
      {
        kind: "accountReadyChanged",
        accountId: ACCOUNT,
        ready: true,
        asOf: OPENING + 6,
        reason: "reconciled",
      },
    ]);
  });

  test("that comes to hold what the session does not know takes no more entries", () => {
    const desk = new TestDesk();
    const position = { instrument: NASDAQ.id, qty: signedLots(1), avgEntryTicks: 80_000 };

    const { facts } = desk.list({ positions: [position] });
    const result = desk.request(anEntry());
    desk.advance(60_000);

    expect(facts.at(-1)).toEqual({
      kind: "accountReadyChanged",
      accountId: ACCOUNT,
      ready: false,
      asOf: OPENING,
      reason: NAME_IT,
    });
    expect(result).toMatchObject({ kind: "denied", denial: { code: "accountNotReady" } });
    expect(desk.state.accounts.get(ACCOUNT)?.ready).toBe(true);
  });

  test("that is not configured is none of ours", () => {
    const desk = new TestDesk();

    const { facts, commands } = desk.list({ accountId: accountId("OTHER") });

    expect([facts, commands]).toEqual([[], []]);
  });
});

describe("the venue's truth is asked for", () => {
  test("from before the last agreement and before all that is still open", () => {
    const desk = new TestDesk();
    desk.place({ terms: limitAt(26_400) });
    desk.advance(400_000);
    desk.reconcile();

    const { commands } = desk.apply({ kind: "linkChanged", at: desk.now, up: true, reason: "x" });

    expect(commands).toContainEqual({
      kind: "requestSnapshot",
      accountId: ACCOUNT,
      since: OPENING - 300_000,
    });
  });

  test("for the first time from the beginning of the trading day, which the limits count", () => {
    const [, started] = new TestDesk().steps;

    expect(started?.commands).toContainEqual({
      kind: "requestSnapshot",
      accountId: ACCOUNT,
      since: Date.UTC(2026, 2, 10, 22),
    });
  });

  test("once for an account, however many reasons there are", () => {
    const other = accountId("PRACTICE-2");
    const accounts = [anAccountConfig(), anAccountConfig({ accountId: other })];
    const desk = new TestDesk({ session: { accounts } });
    desk.answers = () => "lose";
    for (const price of [26_400, 26_300]) desk.place({ terms: limitAt(price) });
    desk.place({ accountId: other, terms: limitAt(26_400) });

    const commands = desk.commandsOf(() => desk.advance(TIMEOUT));

    expect(
      commands.flatMap((one) => (one.kind === "requestSnapshot" ? [one.accountId] : [])),
    ).toEqual([ACCOUNT, other]);
  });

  test("again when no answer comes", () => {
    const desk = new TestDesk();
    desk.answers = () => "lose";
    desk.apply({ kind: "linkChanged", at: desk.now, up: true, reason: "x" });

    const commands = desk.commandsOf(() => desk.advance(4 * TIMEOUT));

    expect(commands.filter(({ kind }) => kind === "requestSnapshot")).toHaveLength(2);
  });
});

function held(qty: number, avgEntryTicks: number): VenuePosition {
  return { instrument: GOLD.id, qty: signedLots(qty), avgEntryTicks };
}

function filled(overrides: Parameters<typeof aFill>[0]) {
  const fill = aFill(overrides);
  return { kind: "filled", clientOrderId: fill.clientOrderId, fill } as const;
}

function findings(facts: readonly Fact[]): readonly string[] {
  return facts.flatMap((fact) => (fact.kind === "findingRaised" ? [fact.text] : []));
}
