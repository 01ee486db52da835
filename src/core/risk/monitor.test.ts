import { describe, expect, test } from "vitest";
import { lots } from "#core/domain/units.ts";
import {
  ACCOUNT,
  NASDAQ,
  OPENING,
  aBracket,
  anAccountConfig,
  anEntry,
  limitAt,
} from "#test/kit/builders.ts";
import { aRiskDesk, elsewhere, quoteAt, storyOf } from "#test/kit/risk-desk.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const HOUR = 3_600_000;
/** From the opening, at 10:00 in Chicago, to the roll at 17:00. */
const TO_ROLL = 7 * HOUR;
const LOSS = { daily_realized_loss: { limit: 100 } };

/** What follows from something, as a story. */
function storyAfter(desk: TestDesk, act: () => void): readonly string[] {
  const since = desk.steps.length;
  act();
  return storyOf(desk, since);
}

/** A desk whose account has just lost more than it may, and is flat and locked. */
function aLockedDesk(): TestDesk {
  const desk = aRiskDesk({ arming: "guard", rules: LOSS });
  elsewhere(desk, "buy", 2);
  quoteAt(desk, 26_440);
  elsewhere(desk, "sell", 2);
  return desk;
}

describe("RULE-003, from the first loss to the next day", () => {
  test("a loss of our own order locks first, then cancels, and finds the account flat", () => {
    const desk = aRiskDesk({ rules: LOSS });
    desk.place({ qty: lots(3), bracket: aBracket(50, null) });
    desk.place({ terms: limitAt(26_300) });
    desk.advance(100);

    const story = storyAfter(desk, () => desk.trade(26_440));

    expect(story).toEqual([
      "+100",
      "filled sell 3, holds 0",
      "breach RULE-003 188.76 of 100",
      "locked by RULE-003",
      "critical dailyLossReached",
      "cancel k1-3",
      "e1 ended",
    ]);
    expect(desk.request(anEntry({ terms: limitAt(26_400) }))).toMatchObject({
      kind: "denied",
      denial: { rule: "RULE-003", code: "accountLocked" },
    });
  });

  test("a loss made elsewhere closes what is left, in every instrument", () => {
    const desk = aRiskDesk({ arming: "guard", rules: LOSS });
    elsewhere(desk, "buy", 3);
    elsewhere(desk, "buy", 1, { instrument: NASDAQ.id });
    elsewhere(desk, "buy", 1, { terms: limitAt(26_200) });
    desk.reconcile();
    const entry = [...desk.state.openOrders.keys()][0];
    quoteAt(desk, 26_440);

    const story = storyAfter(desk, () => elsewhere(desk, "sell", 2));

    expect(story).toEqual([
      "+0",
      "filled sell 2, holds 1",
      "breach RULE-003 127.42 of 100",
      "locked by RULE-003",
      "critical dailyLossReached",
      `cancel ${entry}`,
      "sell 1 market MGC",
      "sell 1 market MNQ",
      "filled sell 1, holds 0",
      "protected",
      "filled sell 1, holds 0",
      "protected",
      "e1 ended",
    ]);
  });

  test("the lock and its alert say which limit was reached, and by how much", () => {
    const desk = aLockedDesk();

    const until = OPENING + TO_ROLL;
    expect([...desk.state.lockouts.values()]).toEqual([
      {
        lockoutId: `${ACCOUNT}/RULE-003/${until}`,
        accountId: ACCOUNT,
        scope: { kind: "account" },
        rule: "RULE-003",
        kind: "hard",
        reason: "dailyLossReached: limit 100, found 125.84",
        startedAt: OPENING,
        until,
      },
    ]);
    expect(desk.commands.filter((one) => one.kind === "alert")).toEqual([
      {
        kind: "alert",
        severity: "critical",
        code: "dailyLossReached",
        text: `${ACCOUNT}: dailyLossReached, limit 100, found 125.84 (RULE-003)`,
      },
    ]);
  });

  test("an observed account is locked and unlocked like any other", () => {
    const desk = aRiskDesk({ arming: "observe", rules: LOSS });
    elsewhere(desk, "buy", 2);
    quoteAt(desk, 26_440);
    elsewhere(desk, "sell", 2);
    const locked = desk.state.lockouts.size;

    desk.advance(TO_ROLL - 1);
    const before = desk.state.lockouts.size;
    desk.advance(1);

    expect([locked, before, desk.state.lockouts.size]).toEqual([1, 1, 0]);
  });

  test("the lock is a fact of the same event as the fill, before anything is asked of the venue", () => {
    const desk = aRiskDesk({ arming: "guard", rules: LOSS });
    elsewhere(desk, "buy", 3);
    quoteAt(desk, 26_440);
    elsewhere(desk, "sell", 2);

    const step = desk.steps.find(({ facts }) => facts.some(({ kind }) => kind === "accountLocked"));

    expect(step?.event.kind).toBe("orderReported");
    expect(step?.facts.map(({ kind }) => kind)).toEqual([
      "orderAdopted",
      "fillBooked",
      "breachFound",
      "accountLocked",
      "enforcementChanged",
      "enforcementChanged",
      "enforcementChanged",
      "orderApproved",
      "orderSubmitted",
    ]);
    expect(step?.commands.map(({ kind }) => kind)).toEqual(["alert", "submitOrder", "setTimer"]);
  });

  test("what appears while the account is locked is closed or canceled", () => {
    const desk = aLockedDesk();

    const bought = storyAfter(desk, () => elsewhere(desk, "buy", 1));
    elsewhere(desk, "sell", 2, { terms: limitAt(26_500) });
    const working = storyAfter(desk, () => desk.reconcile());

    expect(bought).toEqual([
      "+0",
      "filled buy 1, holds 1",
      "unprotected",
      "sell 1 market MGC",
      "filled sell 1, holds 0",
      "protected",
      "e2 ended",
    ]);
    expect(working.filter((line) => /^(cancel|e\d)/u.test(line))).toEqual([
      expect.stringMatching(/^cancel web-/u),
      "e3 ended",
    ]);
  });

  test("the lock ends at the roll, to the millisecond", () => {
    const desk = aLockedDesk();

    const before = storyAfter(desk, () => desk.advance(TO_ROLL - 1));
    const locked = desk.state.lockouts.size;
    const after = storyAfter(desk, () => desk.advance(1));

    expect(before).toEqual(["+2000", "ask the venue"]);
    expect(locked).toBe(1);
    expect(after).toEqual([`+${TO_ROLL}`, "unlocked by time", `over ${ACCOUNT}/RULE-003/account`]);
    expect(desk.state.lockouts.size).toBe(0);
  });

  test("the lock does not end while something is still being closed", () => {
    const desk = aLockedDesk();
    desk.advance(6 * HOUR - 10_000);
    desk.orders = (command) => (command.kind === "submitOrder" ? "lose" : "send");
    elsewhere(desk, "buy", 1);

    desk.advance(2 * HOUR);
    const late = desk.state.lockouts.size;
    desk.orders = () => "send";
    const story = storyAfter(desk, () => desk.advance(60_000));

    expect(late).toBe(1);
    expect(story.slice(-4)).toEqual([
      "filled sell 1, holds 0",
      "protected",
      "e2 ended",
      "unlocked by time",
    ]);
  });

  test("the lock survives a restart, and so does its end", () => {
    const desk = aLockedDesk();

    desk.restart();
    const denied = desk.request(anEntry({ terms: limitAt(26_400) }));
    const entry = storyAfter(desk, () => elsewhere(desk, "buy", 1));
    desk.advance(TO_ROLL - 1);
    const locked = desk.state.lockouts.size;
    desk.advance(1);

    expect(denied.kind).toBe("denied");
    expect(entry).toContain("sell 1 market MGC");
    expect(locked).toBe(1);
    expect(desk.state.lockouts.size).toBe(0);
  });

  test("a desk that was down at the roll unlocks when it starts", () => {
    const desk = aLockedDesk();
    const state = desk.folded();

    expect(state.lockouts.size).toBe(1);
    desk.advance(TO_ROLL);
    desk.restart();

    expect(desk.state.lockouts.size).toBe(0);
  });

  test("a lock ends by itself, and another of the same account stays", () => {
    const desk = aLockedDesk();
    desk.apply({ kind: "safeModeEntered", at: desk.now, reason: "in doubt" });

    const story = storyAfter(desk, () => desk.advance(TO_ROLL));

    expect(story).toContain("unlocked by time");
    expect([...desk.state.lockouts.values()].map(({ rule }) => rule)).toEqual(["safeMode"]);
    desk.advance(48 * HOUR);
    expect(desk.state.lockouts.size).toBe(1);
  });

  test("a second breach of the same day adds no lock", () => {
    const desk = aLockedDesk();
    const [first] = desk.state.lockouts.values();

    elsewhere(desk, "buy", 3);
    quoteAt(desk, 26_300);
    elsewhere(desk, "sell", 3);

    expect([...desk.state.lockouts.values()]).toEqual([first]);
    expect(desk.facts.filter(({ kind }) => kind === "accountLocked").length).toBe(1);
  });

  test("a close that wins does not unlock", () => {
    const desk = aRiskDesk({ arming: "guard", rules: LOSS });
    elsewhere(desk, "buy", 2, { instrument: NASDAQ.id });
    elsewhere(desk, "buy", 2);
    quoteAt(desk, 26_440);
    quoteAt(desk, 26_900, NASDAQ.id);

    const story = storyAfter(desk, () => elsewhere(desk, "sell", 2));

    expect(story).toContain(`over ${ACCOUNT}/RULE-003/account`);
    expect(desk.state.lockouts.size).toBe(1);
    expect(desk.state.accounts.get(ACCOUNT)?.balance).toBeGreaterThan(50_000_000_000n);
  });

  test("warnings come once a day each, as the loss grows", () => {
    const desk = aRiskDesk({ arming: "guard", rules: { daily_realized_loss: { limit: 400 } } });
    const lose = (ticks: number) => {
      elsewhere(desk, "buy", 1);
      quoteAt(desk, 26_500 - ticks + 1);
      const story = storyAfter(desk, () => elsewhere(desk, "sell", 1));
      quoteAt(desk, 26_500);
      return story.filter((line) => /warn/u.test(line));
    };

    expect(lose(195)).toEqual([]);
    expect(lose(5)).toEqual(["warned 0.5", "warning lossWarned"]);
    expect(lose(5)).toEqual([]);
    expect(lose(160)).toEqual(["warned 0.75", "warned 0.9", "warning lossWarned"]);
    expect(desk.commands.filter((one) => one.kind === "alert").map(({ text }) => text)).toEqual([
      `${ACCOUNT}: 50 % of the limit of RULE-003 is used`,
      `${ACCOUNT}: 90 % of the limit of RULE-003 is used`,
    ]);

    desk.advance(TO_ROLL + HOUR);
    quoteAt(desk, 26_500);

    expect(lose(210)).toEqual(["warned 0.5", "warning lossWarned"]);
  });

  test("the warned shares survive a restart", () => {
    const desk = aRiskDesk({ arming: "guard", rules: { daily_realized_loss: { limit: 400 } } });
    elsewhere(desk, "buy", 1);
    quoteAt(desk, 26_280);
    elsewhere(desk, "sell", 1);

    const story = storyAfter(desk, () => desk.restart());

    expect(story.filter((line) => /warn/u.test(line))).toEqual([]);
  });
});

test("an account in breach is closed and locked, another goes on", () => {
  const other = anAccountConfig({ accountId: "OTHER" as typeof ACCOUNT });
  const desk = new TestDesk({
    session: { accounts: [anAccountConfig({ rules: LOSS }), other] },
  });
  desk.place({ qty: lots(2) });
  desk.place({ qty: lots(2), accountId: other.accountId });
  quoteAt(desk, 26_440);
  desk.place({ side: "sell", qty: lots(2) });

  const results = [ACCOUNT, other.accountId].map(
    (accountId) => desk.request(anEntry({ accountId, terms: limitAt(26_400) })).kind,
  );

  expect(results).toEqual(["denied", "accepted"]);
  expect([...desk.state.lockouts.values()].map(({ accountId }) => accountId)).toEqual([ACCOUNT]);
});
