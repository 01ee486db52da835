import { invariant } from "#core/domain/invariant.ts";
import { bracketFill, maintainBrackets } from "#core/orders/brackets.ts";
import { releaseQueue } from "#core/orders/place.ts";
import { withdrawEntries } from "#core/orders/withdraw.ts";
import { advanceEnforcements } from "#core/risk/enforce.ts";
import { monitorAccount } from "#core/risk/monitor.ts";
import type { Bots } from "#core/strategy/bots.ts";
import type { Turn } from "./turn.ts";

/** More rounds than any real event needs: beyond it two reactions chase each other. */
const ROUNDS_MAX = 100;

/**
 * Lets everything that follows from an event follow, in the same event: legs for a fill, a close for a breach, a
 * strategy's answer to its order. Works on levels, not on edges: each round looks at the accounts something happened
 * to and asks for the difference between what is and what should be, until there is none.
 */
export function settle(turn: Turn, bots: Bots): void {
  let noticed = 0;
  for (let round = 0; noticed < turn.facts.length || turn.touched.size > 0; round += 1) {
    invariant(round < ROUNDS_MAX, "what follows from one event comes to an end");
    for (; noticed < turn.facts.length; noticed += 1) {
      const fact = turn.facts[noticed];
      if (fact === undefined) continue;
      if (fact.kind === "fillBooked") bracketFill(turn, fact.fill);
      bots.notice(fact);
    }
    const accounts = [...turn.touched];
    turn.touched.clear();
    for (const accountId of accounts) {
      maintainBrackets(turn, accountId);
      monitorAccount(turn, accountId);
      advanceEnforcements(turn, accountId);
      withdrawEntries(turn, accountId);
    }
    releaseQueue(turn);
  }
}
