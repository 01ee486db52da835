import { expect, test } from "vitest";
import type { Fact } from "#core/desk/fact.ts";
import { epochMs, signedLots } from "#core/domain/units.ts";
import { ACCOUNT, NASDAQ, OPENING, aFill } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

test("an account that traded today what the session does not know takes no entries: its result is in no limit", () => {
  const desk = new TestDesk();
  const fill = aFill({ instrument: NASDAQ.id, at: desk.now });

  desk.list({ fills: [fill] });
  const today = desk.state.accounts.get(ACCOUNT)?.ready;
  desk.list({ fills: [{ ...fill, at: epochMs(OPENING - 86_400_000) }] });

  expect([today, desk.state.accounts.get(ACCOUNT)?.ready]).toEqual([false, true]);
});

test("an account that holds what the session does not know stays closed and is looked at each minute", () => {
  const desk = new TestDesk();
  desk.apply({ kind: "linkChanged", at: desk.now, up: false, reason: "cable" });
  const position = { instrument: NASDAQ.id, qty: signedLots(1), avgEntryTicks: 80_000 };

  const { facts, commands } = desk.list({ positions: [position] });

  expect(facts).toEqual([
    {
      kind: "findingRaised",
      accountId: ACCOUNT,
      code: "unknownInstrument",
      text: "the venue holds 1 MNQ, which the session does not know",
    },
    {
      kind: "unknownHeld",
      accountId: ACCOUNT,
      holdings: [{ instrument: NASDAQ.id, qty: 1 }],
    },
  ]);
  expect(commands.at(-1)).toEqual({ kind: "setTimer", dueAt: desk.now + 60_000 });
  expect(desk.state.accounts.get(ACCOUNT)?.ready).toBe(false);
});

test("an account that holds what the session does not know is told of once per change", () => {
  const desk = new TestDesk();
  const told = (...lots: readonly number[]) => {
    const positions = lots.map((qty) => {
      return { instrument: NASDAQ.id, qty: signedLots(qty), avgEntryTicks: 80_000 };
    });
    return findings(desk.list({ positions }).facts);
  };

  expect(told(1)).toEqual(["the venue holds 1 MNQ, which the session does not know"]);
  expect([told(1), told(1)]).toEqual([[], []]);
  expect(told(2)).toEqual(["the venue holds 2 MNQ, which the session does not know"]);
  expect(told()).toEqual(["the venue holds no MNQ any more, which the session does not know"]);
  expect(told()).toEqual([]);
  expect(told(2)).toEqual(["the venue holds 2 MNQ, which the session does not know"]);
});

test("an account that traded what the session does not know is told of each fill once", () => {
  const desk = new TestDesk();
  const fills = [aFill({ instrument: NASDAQ.id, at: desk.now })];

  const told = [desk.list({ fills }), desk.list({ fills })].map(({ facts }) => findings(facts));

  expect(told).toEqual([["fill F1 of MNQ, which the session does not know"], []]);
  expect(desk.state.accounts.get(ACCOUNT)?.ready).toBe(false);
});

function findings(facts: readonly Fact[]): readonly string[] {
  return facts.flatMap((fact) => (fact.kind === "findingRaised" ? [fact.text] : []));
}
