import { describe, expect, test } from "vitest";
import { accountId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, aBracket, anEntry, limitAt, queueLimits } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import type { Arming } from "./config.ts";

const SLOW = queueLimits({ perSecond: 1, burst: 1 });
const BID = { terms: limitAt(26_400) } as const;

describe("an account is armed", () => {
  test("up only by whoever types its name", () => {
    const desk = new TestDesk();
    arm(desk, "observe");

    const refused = [null, "PRACTICE"].map((confirm) => arm(desk, "trade", confirm));
    const guarded = arm(desk, "guard", ACCOUNT);
    const traded = arm(desk, "trade", ACCOUNT);

    const reason = "type the account's name, PRACTICE-1, to allow more to be sent";
    expect(refused).toEqual(refused.map(() => ({ kind: "impossible", reason })));
    expect([guarded.kind, traded.kind]).toEqual(["accepted", "accepted"]);
    expect(desk.request(anEntry(BID)).kind).toBe("accepted");
  });

  test("for whoever asks later, also after a restart", () => {
    const desk = new TestDesk();

    arm(desk, "guard");
    desk.restart();

    expect(desk.state.accounts.get(ACCOUNT)?.arming).toBe("guard");
    expect(desk.facts).toContainEqual({
      kind: "armingChanged",
      accountId: ACCOUNT,
      arming: "guard",
      by: "ann",
      at: desk.now,
    });
  });

  test("not to where it is, and only when it is known", () => {
    const desk = new TestDesk();
    const unknown = { kind: "arm", accountId: accountId("OTHER"), arming: "guard" } as const;

    expect(arm(desk, "trade")).toEqual({
      kind: "impossible",
      reason: "the account is in trade already",
    });
    expect(desk.request({ ...unknown, confirm: null }).kind).toBe("impossible");
  });
});

describe("the number of an account at the venue", () => {
  test("is remembered, and arms nothing anew while it stays", () => {
    const desk = new TestDesk();

    const first = found(desk, "26");
    desk.restart();
    const again = found(desk, "26");

    expect(first.facts).toEqual([
      { kind: "accountIdentified", accountId: ACCOUNT, venueAccount: "26", at: desk.now },
    ]);
    expect([again.facts, again.commands]).toEqual([[], []]);
    expect(desk.state.accounts.get(ACCOUNT)).toMatchObject({ arming: "trade", venueAccount: "26" });
  });

  test("that is another after a start takes back what was allowed for the one before", () => {
    const desk = new TestDesk();
    found(desk, "26");
    desk.restart();

    const { facts, commands } = found(desk, "31");
    const entry = desk.request(anEntry());
    const rearmed = arm(desk, "trade", ACCOUNT);

    const at = desk.now;
    expect(facts).toEqual([
      { kind: "accountIdentified", accountId: ACCOUNT, venueAccount: "31", at },
      { kind: "armingChanged", accountId: ACCOUNT, arming: "observe", by: "the desk", at },
    ]);
    expect(commands).toContainEqual({
      kind: "alert",
      severity: "critical",
      code: "accountChanged",
      text: "PRACTICE-1 is number 31 at the venue, and this session knew it as 26: another account under its name. It is only observed; see what it holds, then arm it with keel arm PRACTICE-1",
    });
    expect(entry).toMatchObject({ kind: "denied", denial: { code: "notArmed" } });
    expect(rearmed.kind).toBe("accepted");
    expect(found(desk, "31").facts).toEqual([]);
  });
});

test("in guard entries are withdrawn, and what reduces risk goes on", () => {
  const desk = new TestDesk();
  desk.place({ bracket: aBracket() });
  const bid = desk.place(BID);

  arm(desk, "guard");
  desk.advance(10);

  expect(desk.order(bid).status.kind).toBe("canceled");
  expect(desk.request(anEntry(BID))).toMatchObject({ denial: { code: "notArmed" } });
  expect(desk.state.brackets.size).toBe(1);
  desk.request({ kind: "flatten", accountId: ACCOUNT });
  expect(desk.position()?.qty).toBe(0);
});

test("observe waits until no entry can fill any more, and then nothing is sent", () => {
  const desk = new TestDesk();
  desk.place({ bracket: aBracket() });
  const bid = desk.place(BID);

  const early = arm(desk, "observe");
  desk.advance(10);
  const armed = arm(desk, "observe");
  const later = desk.commandsOf(() => {
    desk.request({ kind: "flatten", accountId: ACCOUNT });
    desk.advance(60_000);
  });

  expect(early).toEqual({
    kind: "impossible",
    reason: `entries that may still fill are being canceled (${bid}); say it again once they are gone, or say guard`,
  });
  expect(desk.order(bid).status.kind).toBe("canceled");
  expect(armed).toMatchObject({
    kind: "accepted",
    note: expect.stringContaining("holds a position") as string,
  });
  expect(later.filter(({ kind }) => /^(submit|cancel|modify)/u.test(kind))).toEqual([]);
});

test("a lost stop in observe is no failure of the venue", () => {
  const desk = new TestDesk();
  const entry = desk.place({ bracket: aBracket(20, null) });
  arm(desk, "observe");
  const clientOrderId = desk.state.brackets.get(entry)?.stopLossId ?? entry;

  desk.report({ kind: "canceled", clientOrderId, venueFilledQty: lots(0), reason: "by hand" });
  desk.advance(60_000);

  expect(desk.state.brackets.get(entry)?.stopFailures).toBe(1);
  expect(desk.state.enforcements.size).toBe(0);
});

describe("a desk that something makes unsafe", () => {
  test("takes no entries, keeps reducing, and asks the venue when it is over", () => {
    const desk = new TestDesk();
    desk.place({ bracket: aBracket() });
    const reason = "the clock is 1.4 s ahead of the venue's";

    desk.apply({ kind: "degradedChanged", at: desk.now, reason });
    const again = desk.apply({ kind: "degradedChanged", at: desk.now, reason });
    const denied = desk.request(anEntry(BID));
    desk.request({ kind: "flatten", accountId: ACCOUNT });
    const over = desk.apply({ kind: "degradedChanged", at: desk.now, reason: null });

    expect(again.facts).toEqual([]);
    expect(denied).toMatchObject({ denial: { code: "deskDegraded", value: reason } });
    expect(desk.position()?.qty).toBe(0);
    expect(over.commands.map(({ kind }) => kind)).toContain("requestSnapshot");
    expect(desk.request(anEntry(BID)).kind).toBe("accepted");
  });

  test("sends no entry that was approved before", () => {
    const desk = new TestDesk({ session: { queue: SLOW } });
    desk.place({ terms: limitAt(26_300) });
    const waiting = desk.place(BID);

    desk.apply({ kind: "degradedChanged", at: desk.now, reason: "x" });
    desk.advance(2_000);

    expect(desk.order(waiting).status).toMatchObject({ kind: "canceled", reason: "deskDegraded" });
  });
});

function arm(desk: TestDesk, arming: Arming, confirm: string | null = null) {
  return desk.request({ kind: "arm", accountId: ACCOUNT, arming, confirm });
}

function found(desk: TestDesk, venueAccount: string) {
  return desk.apply({ kind: "accountFound", at: desk.now, accountId: ACCOUNT, venueAccount });
}
