import { describe, expect, test } from "vitest";
import type { AccountConfig } from "#core/desk/config.ts";
import type { AccountId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, anAccountConfig, anEntry, limitAt, stopAt } from "#test/kit/builders.ts";
import { quoteAt, storyOf } from "#test/kit/risk-desk.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const OTHER = "OTHER" as AccountId;
const RULES = {
  max_contracts: { limit: 5 },
  daily_realized_loss: { limit: 100 },
  no_stop_loss_grace: { grace: "10s" },
};

/** Two accounts with the same rules. */
function twoAccounts(rules: AccountConfig["rules"] = RULES): TestDesk {
  const accounts = [ACCOUNT, OTHER].map((accountId) => anAccountConfig({ accountId, rules }));
  return new TestDesk({ session: { accounts } });
}

const heldBy = (desk: TestDesk) =>
  [...desk.state.positions.values()].map(({ accountId, qty }) => `${accountId} ${qty}`);

describe("of two accounts", () => {
  test("each has its own positions, losses, locks and close-downs", () => {
    const desk = twoAccounts();
    desk.place({ qty: lots(3) });
    desk.place({ qty: lots(3), accountId: OTHER });
    desk.place({ qty: lots(1), accountId: OTHER, terms: limitAt(26_400) });
    quoteAt(desk, 26_440);
    const since = desk.steps.length;

    desk.place({ side: "sell", qty: lots(2) });

    expect(storyOf(desk, since)).toEqual([
      "+0",
      "sell 2 market MGC",
      "filled sell 2, holds 1",
      "breach RULE-003 126.8 of 100",
      "locked by RULE-003",
      "critical dailyLossReached",
      "sell 1 market MGC",
      "filled sell 1, holds 0",
      "protected",
      "e1 ended",
    ]);
    desk.place({ qty: lots(1), accountId: OTHER });
    expect(heldBy(desk)).toEqual([`${ACCOUNT} 0`, "OTHER 4"]);
    expect([...desk.state.breaches.keys()]).toEqual([`${ACCOUNT}/RULE-003/account`]);
    expect([...desk.state.openOrders.values()].map(({ accountId }) => accountId)).toEqual([OTHER]);
  });

  test("each has its own grace", () => {
    const desk = twoAccounts();
    desk.place({ qty: lots(1) });
    desk.place({ qty: lots(1), accountId: OTHER });
    desk.place({ side: "sell", qty: lots(1), accountId: OTHER, terms: stopAt(26_400) });

    desk.advance(60_000);

    expect(heldBy(desk)).toEqual([`${ACCOUNT} 0`, "OTHER 1"]);
    expect(desk.state.unprotected.size).toBe(0);
  });

  test("a close-down of one keeps neither the entries of the other back nor the end of its lock", () => {
    const desk = twoAccounts({ daily_realized_loss: { limit: 100 } });
    desk.place({ qty: lots(2) });
    desk.place({ qty: lots(2), accountId: OTHER });
    quoteAt(desk, 26_440);
    desk.place({ side: "sell", qty: lots(2), accountId: OTHER });
    desk.advance(6 * 3_600_000 - 10_000);
    quoteAt(desk, 26_500);
    desk.orders = () => "lose";
    desk.request({ kind: "flatten", accountId: ACCOUNT });

    const entries = [ACCOUNT, OTHER].map((accountId) => {
      const result = desk.request(anEntry({ accountId, terms: limitAt(26_400) }));
      return result.kind === "denied" ? result.denial.code : result.kind;
    });
    desk.advance(3_600_000 + 10_000);

    expect(entries).toEqual(["flattenRunning", "accountLocked"]);
    expect([...desk.state.enforcements.values()].map(({ accountId }) => accountId)).toEqual([
      ACCOUNT,
    ]);
    expect(desk.state.lockouts.size).toBe(0);
  });

  test("both may be closed at once", () => {
    const desk = twoAccounts();
    desk.place({ qty: lots(1) });
    desk.place({ qty: lots(2), accountId: OTHER });
    desk.answers = () => "hold";

    desk.request({ kind: "flatten", accountId: ACCOUNT });
    desk.request({ kind: "flatten", accountId: OTHER });
    const running = [...desk.state.enforcements.keys()];
    desk.answers = () => "tell";
    desk.tellHeld();

    expect(running).toEqual(["e1", "e2"]);
    expect(heldBy(desk)).toEqual([`${ACCOUNT} 0`, "OTHER 0"]);
    expect(desk.state.enforcements.size).toBe(0);
  });

  test("both may be locked, each by its own losses", () => {
    const desk = twoAccounts();
    for (const accountId of [ACCOUNT, OTHER]) desk.place({ qty: lots(2), accountId });
    quoteAt(desk, 26_440);
    for (const accountId of [ACCOUNT, OTHER]) desk.place({ qty: lots(2), side: "sell", accountId });

    const locked = [...desk.state.lockouts.values()].map(({ accountId }) => accountId);
    desk.advance(7 * 3_600_000);

    expect(locked).toEqual([ACCOUNT, OTHER]);
    expect(desk.state.lockouts.size).toBe(0);
  });
});
