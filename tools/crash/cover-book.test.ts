import { expect, test } from "vitest";
import { CoverBook, type Held } from "./cover-book.ts";

const BARE: Held = { qty: 2, stopsSell: 0, stopsBuy: 2 };
const HALF: Held = { ...BARE, stopsSell: 1 };
const COVERED: Held = { ...BARE, stopsSell: 2 };
const SOLD: Held = { qty: -2, stopsSell: 2, stopsBuy: 0 };
const MOST_MS = 200;

test.each<[string, readonly (Held | null)[], number, number]>([
  ["covered at once has not waited", [null, COVERED, COVERED], 1, 0],
  ["covered later has waited until then", [null, BARE, HALF, COVERED], 1, 200],
  ["that loses its stop later has been covered", [null, BARE, COVERED, BARE, BARE, BARE], 1, 100],
  ["closed without a stop waits no longer", [null, BARE, BARE, null, null], 1, 100],
  ["that turned around is another one", [null, COVERED, SOLD, SOLD], 2, 100],
])("a position %s", (_name, looks, positions, worstMs) => {
  const book = bookOf(looks);

  const { findings } = book;
  expect({ positions: book.positions, worstMs: book.worstMs, findings }).toEqual({
    positions,
    worstMs,
    findings: [],
  });
});

test("a position that waits too long for its stop is told once", () => {
  const { findings } = bookOf([null, BARE, HALF, BARE, BARE, BARE]);

  expect(findings).toEqual(["HAND-1 MGC was without a stop for more than 200 ms at 400"]);
});

test("time in which nobody could do anything does not count", () => {
  const book = new CoverBook(MOST_MS);
  const held = new Map([["HAND-1 MGC", BARE]]);

  book.add({ at: "", atMs: 0, counts: true, held });
  book.add({ at: "", atMs: 100, counts: true, held });
  book.add({ at: "", atMs: 9_000, counts: false, held });
  book.add({ at: "", atMs: 9_050, counts: true, held });

  expect(book.worstMs).toBe(150);
});

/** A look every tenth of a second. */
function bookOf(looks: readonly (Held | null)[]): CoverBook {
  const book = new CoverBook(MOST_MS);
  for (const [index, held] of looks.entries()) {
    const map = new Map(held === null ? [] : [["HAND-1 MGC", held]]);
    book.add({ at: String(index * 100), atMs: index * 100, counts: true, held: map });
  }
  return book;
}
