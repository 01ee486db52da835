import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Desk } from "#core/desk/desk.ts";
import { evolve } from "#core/desk/evolve.ts";
import { encodeOutcome } from "#core/desk/fingerprint.ts";
import { decodeState, encodeState } from "#core/desk/snapshot.ts";
import { type DeskState, emptyState, findPosition } from "#core/desk/state.ts";
import type { AccountId } from "#core/domain/ids.ts";
import { isClosed, openQty } from "#core/domain/order.ts";
import type { VenueOrder } from "#core/domain/report.ts";
import { epochMs } from "#core/domain/units.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { GOLD } from "#test/kit/builders.ts";
import { RandomSession } from "#test/kit/random-session.ts";
import { ACCOUNTS, sessionOptions, sessionSteps } from "#test/kit/random-steps.ts";
import type { Step, TestDesk, TestDeskOptions } from "#test/kit/test-desk.ts";

const RUNS = { numRuns: Number(process.env["RUNS"] ?? 60) };

describe("whatever happens to a desk", () => {
  test("the same events lead to the same facts and commands", () => {
    fc.assert(
      fc.property(sessionOptions, sessionSteps, (options, steps) => {
        const { desk } = sessionOf(options).run(steps);

        expect(replayed(desk.steps)).toEqual(desk.steps.map(encodeOutcome));
      }),
      RUNS,
    );
  });

  test("its facts, folded, are its state, from the beginning or from any snapshot", () => {
    fc.assert(
      fc.property(sessionOptions, sessionSteps, fc.nat(), (options, steps, cut) => {
        const { desk } = sessionOf(options).run(steps);
        const facts = desk.steps.flatMap((step) => step.facts);
        const state = emptyState();
        const until = cut % (facts.length + 1);

        for (const fact of facts.slice(0, until)) evolve(state, fact);
        const restored = decodeState(encodeState(state));
        for (const fact of facts.slice(until)) evolve(restored, fact);

        expect(encodeState(desk.folded())).toBe(encodeState(desk.state));
        expect(encodeState(restored)).toBe(encodeState(desk.state));
      }),
      RUNS,
    );
  });

  test("no order is sent twice, and every fill of the venue is booked once", () => {
    fc.assert(
      fc.property(sessionOptions, sessionSteps, (options, steps) => {
        const { desk } = sessionOf(options).run(steps).rest();

        const sent = desk.commands.flatMap((one) =>
          one.kind === "submitOrder" ? [one.clientOrderId] : [],
        );
        const filled = desk.facts.flatMap((fact) =>
          fact.kind === "fillBooked" ? [fact.fill.fillId] : [],
        );
        const told = ACCOUNTS.flatMap((id) => desk.venue.snapshot(id, epochMs(0), desk.now).fills);
        expect(new Set(sent).size).toBe(sent.length);
        expect(filled.toSorted()).toEqual(told.map(({ fillId }) => fillId).toSorted());
      }),
      RUNS,
    );
  });

  test("it never takes the venue's word for a position that fills explain", () => {
    fc.assert(
      fc.property(sessionOptions, sessionSteps, (options, steps) => {
        const { desk } = sessionOf(options).run(steps).rest();

        const surprises = desk.facts.filter(
          (fact) =>
            fact.kind === "positionAdopted" ||
            (fact.kind === "orderCanceled" && fact.reason === "gone from the venue"),
        );
        expect(surprises).toEqual([]);
      }),
      RUNS,
    );
  });

  test("whatever the venue has told it may tell again, and nothing changes", () => {
    fc.assert(
      fc.property(sessionOptions, sessionSteps, (options, steps) => {
        const { desk } = sessionOf(options).run(steps).rest();
        const told = desk.events.filter((event) => event.kind === "orderReported");
        // An order placed elsewhere may learn its venue id by a repetition.
        for (const { report } of told) desk.report(report);
        const before = encodeState(desk.state);

        const facts = told.flatMap(({ report }) => desk.report(report).facts);

        expect(facts).toEqual([]);
        expect(encodeState(desk.state)).toBe(before);
      }),
      RUNS,
    );
  });

  test("nothing that adds risk is sent while entries are closed", () => {
    fc.assert(
      fc.property(sessionOptions, sessionSteps, (options, steps) => {
        const { desk } = sessionOf(options).run(steps).rest();

        expect(forbiddenEntries(desk.steps)).toEqual([]);
      }),
      RUNS,
    );
  });

  test("at rest it knows what the venue knows, and legs cover what they should and no more", () => {
    fc.assert(
      fc.property(sessionOptions, sessionSteps, (options, steps) => {
        const { desk } = sessionOf(options).run(steps).rest();

        expect(knownTo(desk)).toEqual(truthOf(desk));
        expect(miscovered(desk)).toEqual([]);
      }),
      RUNS,
    );
  });

  test("a flattened account is flat with nothing working, here and at the venue", () => {
    fc.assert(
      fc.property(sessionOptions, sessionSteps, (options, steps) => {
        const session = sessionOf(options).run(steps).rest();

        session.run([{ kind: "setTradingState", state: "halted" }]);
        for (const accountId of ACCOUNTS) session.run([{ kind: "flatten", accountId }]);
        session.rest();

        const nothing = ACCOUNTS.map(() => ({ held: 0, working: [] }));
        expect(truthOf(session.desk)).toEqual(nothing);
        expect(knownTo(session.desk)).toEqual(nothing);
        expect(session.desk.state.enforcements.size).toBe(0);
      }),
      RUNS,
    );
  });
});

function sessionOf(options: TestDeskOptions): RandomSession {
  return new RandomSession({ ...options, parts: { strategies: STRATEGIES } });
}

/** The outcomes of other desks for the same events: a new one per process start, from the facts so far. */
function replayed(steps: readonly Step[]): readonly string[] {
  const parts = { strategies: STRATEGIES };
  let desk = new Desk(parts);
  const state = emptyState();
  return steps.map(({ event }, index) => {
    if (event.kind === "deskStarted" && event.epoch > 1) {
      const seq = steps[index - 1]?.seq ?? 0;
      desk = new Desk(parts, { state: decodeState(encodeState(state)), seq });
    }
    const outcome = desk.apply(event);
    for (const fact of outcome.facts) evolve(state, fact);
    return encodeOutcome(outcome);
  });
}

/** Entries that were sent by an event at whose end no entry of their account was allowed. */
function forbiddenEntries(steps: readonly Step[]): readonly string[] {
  const state = emptyState();
  return steps.flatMap(({ facts, commands }) => {
    for (const fact of facts) evolve(state, fact);
    return commands.flatMap((command) => {
      const isEntry = command.kind === "submitOrder" && !command.reduceOnly;
      return isEntry && !takesEntries(state, command.accountId) ? [command.clientOrderId] : [];
    });
  });
}

function takesEntries(state: DeskState, accountId: AccountId): boolean {
  const isClosed = [...state.lockouts.values(), ...state.enforcements.values()].some(
    (one) => one.accountId === accountId,
  );
  const { ready = false } = state.accounts.get(accountId) ?? {};
  return state.tradingState === "active" && state.journalWritable && ready && !isClosed;
}

/** What the venue holds and works, account by account. */
function truthOf({ venue, now }: TestDesk) {
  return ACCOUNTS.map((accountId) => {
    const { positions, orders } = venue.snapshot(accountId, epochMs(0), now);
    const working = orders.filter(({ state }) => state === "working").map(lineOf);
    return { held: positions[0]?.qty ?? 0, working: working.toSorted() };
  });
}

function knownTo({ state }: TestDesk) {
  return ACCOUNTS.map((accountId) => {
    const open = [...state.openOrders.values()].filter((order) => order.accountId === accountId);
    const held = findPosition(state, accountId, GOLD.id)?.qty ?? 0;
    return { held: held + 0, working: open.map(lineOf).toSorted() };
  });
}

function lineOf(order: Pick<VenueOrder, "clientOrderId" | "qty" | "filledQty">): string {
  return `${order.clientOrderId}: ${order.filledQty} of ${order.qty}`;
}

/** Legs that do not cover what they should: their groups, and together no more than is held. */
function miscovered({ state }: TestDesk): readonly string[] {
  return ACCOUNTS.flatMap((accountId) =>
    (["stopLoss", "takeProfit"] as const).flatMap((kind) => {
      const held = Math.abs(findPosition(state, accountId, GOLD.id)?.qty ?? 0);
      let covered = 0;
      for (const order of state.openOrders.values()) {
        if (order.accountId !== accountId || order.purpose !== kind) continue;
        if (!isClosed(order)) covered += openQty(order);
      }
      let wanted = 0;
      for (const group of state.brackets.values()) {
        const price = kind === "stopLoss" ? group.stopPrice : group.targetPrice;
        if (group.accountId === accountId && price !== null) wanted += group.openQty;
      }
      if (covered === wanted && covered <= held) return [];
      return [`${accountId} ${kind}: ${covered} covered of ${wanted} wanted, ${held} held`];
    }),
  );
}
