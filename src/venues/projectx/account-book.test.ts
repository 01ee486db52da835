import { expect, test } from "vitest";
import { accountId } from "#core/domain/ids.ts";
import { AccountBook } from "./account-book.ts";

const row = (id: string, name: string) => ({ id, name, balance: 1, canTrade: true });
const wanted = (id: string, venueName: string) => ({
  accountId: accountId(id),
  venueName,
  arming: "trade" as const,
});

test.each([
  ["two beginnings of its name", "PRAC", "PRAC-V2", []],
  ["its name and its number", "PRAC-V2-1", "7", []],
  ["its name and how that begins", "PRAC-V2-1", "PRAC", ["A"]],
])("one account of the venue is not traded as two: %s", (_what, first, second, traded) => {
  const book = new AccountBook([wanted("A", first), wanted("B", second)], [row("7", "PRAC-V2-1")]);

  expect(book.accounts.map((account) => account.accountId)).toEqual(traded);
  expect(book.problems).toHaveLength(2 - traded.length);
  expect(book.problems.at(-1)).toBe("B and A are both PRAC-V2-1 at the venue; name another");
});

test("a name that is also how others begin means the one that has it", () => {
  const rows = [row("8", "PRAC-V2-10"), row("7", "PRAC-V2-1")];
  const book = new AccountBook([wanted("A", "PRAC-V2-1"), wanted("B", "PRAC-V2-10")], rows);

  expect(book.accounts.map(({ number }) => number)).toEqual(["7", "8"]);
});
