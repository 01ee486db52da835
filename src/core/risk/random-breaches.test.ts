import fc from "fast-check";
import { expect, test } from "vitest";
import { evolve } from "#core/desk/evolve.ts";
import { type DeskState, emptyState } from "#core/desk/state.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { RandomSession } from "#test/kit/random-session.ts";
import { sessionOptions, sessionSteps } from "#test/kit/random-steps.ts";
import type { TestDesk } from "#test/kit/test-desk.ts";
import { accountGate } from "./account-gate.ts";
import type { Breach } from "./breach.ts";
import { isOpenEntry } from "./exposure.ts";
import { RiskView } from "./risk-view.ts";

const RUNS = { numRuns: Number(process.env["RUNS"] ?? 50) };

/** What the rules of every account find in a state. */
function breachesIn(state: DeskState, desk: TestDesk, now: EpochMs): readonly Breach[] {
  const view = new RiskView(state, desk.desk.market);
  view.now = now;
  return (state.session?.accounts ?? []).flatMap((account) =>
    accountGate(account).rules.flatMap((rule) => rule.monitor(account.accountId, view).breaches),
  );
}

/** What is open in accounts that are locked. */
function openWhileLocked({ state }: TestDesk): readonly string[] {
  const locked = new Set([...state.lockouts.values()].map(({ accountId }) => accountId));
  return [
    ...[...state.positions.values()].filter(({ qty }) => qty !== 0),
    ...[...state.openOrders.values()].filter(isOpenEntry),
  ].flatMap(({ accountId, instrument }) => (locked.has(accountId) ? [instrument] : []));
}

test("whatever happened, at rest every rule holds and locked accounts hold nothing", () => {
  fc.assert(
    fc.property(sessionOptions, sessionSteps, (options, steps) => {
      const session = new RandomSession({ ...options, parts: { strategies: STRATEGIES } });

      const { desk } = session.run(steps).rest();

      const breaches = breachesIn(desk.state, desk, desk.now);
      expect(breaches.filter(({ rule }) => rule !== "RULE-003")).toEqual([]);
      expect(openWhileLocked(desk)).toEqual([]);
      expect(desk.state.enforcements.size).toBe(0);
    }),
    RUNS,
  );
});

test("an account that has lost what it may is locked by the same event, and stays so", () => {
  fc.assert(
    fc.property(sessionOptions, sessionSteps, (options, steps) => {
      const session = new RandomSession({ ...options, parts: { strategies: STRATEGIES } });
      const { desk } = session.run(steps);

      const state = emptyState();
      for (const { event, facts } of desk.steps) {
        for (const fact of facts) evolve(state, fact);
        const lost = breachesIn(state, desk, event.at).filter(({ rule }) => rule === "RULE-003");
        const locked = new Set([...state.lockouts.values()].map(({ accountId }) => accountId));

        expect(lost.filter(({ accountId }) => !locked.has(accountId))).toEqual([]);
      }
    }),
    RUNS,
  );
});
