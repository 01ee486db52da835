import { expect, test } from "vitest";
import { ACCOUNT } from "#test/kit/builders.ts";
import { SUCCESS } from "#test/kit/scripted-http.ts";
import { scriptedRest } from "#test/kit/scripted-rest.ts";
import { AccountBook } from "./account-book.ts";
import { Standings } from "./standings.ts";

const ROW = { id: "1", name: "PRAC", balance: 50_000, canTrade: true };
const STOPPED = { ...ROW, balance: 49_000.5, canTrade: false };

test("that the hub says an account may not trade any more is told once", async () => {
  const { standings, told } = await heard(ROW);

  standings.hear(STOPPED);
  standings.hear(STOPPED);

  expect(told).toEqual([[ACCOUNT, false]]);
  expect(standings.of(ACCOUNT)).toEqual({ balance: 49_000.5, canTrade: false });
});

test("what the hub did not tell is found in the list, with the balance", async () => {
  const { standings, told, calls } = await heard(STOPPED);

  const standing = await standings.read(ACCOUNT);

  expect(standing).toEqual({ canTrade: false, balance: 49_000_500_000n });
  expect(told).toEqual([[ACCOUNT, false]]);
  // An account that the firm has ended is none of the active ones.
  expect(calls.at(-1)?.body).toEqual({ onlyActiveAccounts: false });
});

test("a list that lags behind the hub frees no account, and a later one does", async () => {
  const { standings, told, clock } = await heard(ROW);
  standings.hear(STOPPED);

  await standings.refresh();
  const soon = standings.of(ACCOUNT)?.canTrade;
  await clock.pass(10_000);
  await standings.refresh();

  expect(soon).toBe(false);
  expect(told).toEqual([
    [ACCOUNT, false],
    [ACCOUNT, true],
  ]);
});

test("an account that a list does not name stays as it was", async () => {
  const { standings, told } = await heard({ ...STOPPED, id: "2" });

  expect(await standings.read(ACCOUNT)).toBe(null);
  expect([told, standings.of(ACCOUNT)?.canTrade]).toEqual([[], true]);
});

test("nobody is asked while requests are scarce", async () => {
  const { standings, calls } = await heard(ROW);
  for (let asked = 0; asked < 90; asked += 1) await standings.refresh();
  const before = calls.length;

  expect(await standings.read(ACCOUNT)).toBe(null);
  expect(calls).toHaveLength(before);
});

/** The venue lists this row. */
async function heard(row: typeof ROW) {
  const listed = { ...row, id: Number(row.id) };
  const { rest, clock, calls } = await scriptedRest(() => ({
    json: { accounts: [listed], ...SUCCESS },
  }));
  const wanted = { accountId: ACCOUNT, venueName: "PRAC", arming: "trade" } as const;
  const told: unknown[] = [];
  const standings = new Standings({
    rest,
    clock,
    accounts: new AccountBook([wanted], [ROW]),
    tell: (...what) => void told.push(what),
  });
  return { standings, told, clock, calls };
}
