import { expect, test } from "vitest";
import { contractOf, instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { GOLD } from "#test/kit/builders.ts";
import { SUCCESS } from "#test/kit/scripted-http.ts";
import { scriptedRest } from "#test/kit/scripted-rest.ts";
import { type WantedInstrument, resolveContracts, wantedInstrument } from "./contract-book.ts";

const NQ = root("NQ");
const AVAILABLE = [
  row("CON.F.US.NQM.V26", "F.US.NQM", 0.025, 12.5),
  row("CON.F.US.MNQ.U26", "F.US.MNQ", 0.25, 0.5),
  row("CON.F.US.ENQ.U26", "F.US.ENQ", 0.25, 5),
  { ...row("CON.F.US.MGC.V26", "F.US.MGC", 0.1, 1), activeContract: false },
  row("CON.F.US.MGC.Z26", "F.US.MGC", 0.1, 1),
];

test("an instrument is traded in the active contract of its own product code", async () => {
  const book = await resolved([wanted(NQ), wanted(GOLD)]);

  expect(book.contractOf(NQ.id)?.contractId).toBe("CON.F.US.ENQ.U26");
  expect(book.contractOf(GOLD.id)?.contractId).toBe("CON.F.US.MGC.Z26");
  expect(book.problems.size).toBe(0);
});

test("an instrument with an expiry names its contract", () => {
  const wheat = root("ZW");

  expect(wantedInstrument(wheat)).toEqual({ instrument: wheat, contractId: null });
  expect(wantedInstrument(contractOf(wheat, "Z26")).contractId).toBe("CON.F.US.ZWA.Z26");
});

test("a named contract is taken as it is, active or not, listed or not", async () => {
  const listed = await resolved([wanted(GOLD, "CON.F.US.MGC.V26")]);
  const unlisted = await resolved([wanted(GOLD, "CON.F.US.MGC.J26")]);

  expect(listed.instrumentOf("CON.F.US.MGC.V26")).toBe(GOLD);
  expect(unlisted.contractOf(GOLD.id)?.contractId).toBe("CON.F.US.MGC.J26");
});

test.each([
  [
    "another tick",
    { tickSize: 0.2 },
    "a tick of CON.F.US.MGC.Z26 is 0.2 at the venue and 0.1 here",
  ],
  [
    "a tick worth something else",
    { tickValue: 10 },
    "a tick of CON.F.US.MGC.Z26 is worth 10 at the venue and 1 here",
  ],
])("%s is not traded", async (_what, changed, problem) => {
  const rows = AVAILABLE.map((one) =>
    one.id === "CON.F.US.MGC.Z26" ? { ...one, ...changed } : one,
  );

  const book = await resolved([wanted(GOLD)], rows);

  expect(book.contractOf(GOLD.id)).toBe(undefined);
  expect(book.problems.get(GOLD.id)).toBe(`MGC: ${problem}`);
});

test.each([
  [
    "of another product",
    wanted(GOLD, "CON.F.US.MNQ.U26"),
    "CON.F.US.MNQ.U26 is of F.US.MNQ, not of F.US.MGC",
  ],
  [
    "that nobody knows",
    wanted(GOLD, "CON.F.US.MGC.X99"),
    "the venue does not know the contract CON.F.US.MGC.X99",
  ],
  [
    "of a product without one",
    wanted(root("ZW")),
    "the venue lists no active contract of F.US.ZWA",
  ],
])("a contract %s is not traded", async (_what, one, problem) => {
  const book = await resolved([one]);

  expect([...book.problems.values()]).toEqual([`${one.instrument.id}: ${problem}`]);
});

test.each([
  ["the first", undefined, GOLD.id, "MGCZ26"],
  ["the one in which something is held", "CON.F.US.MGC.Z26", "MGCZ26", GOLD.id],
])("of two instruments in one contract %s has it", async (_what, heldIn, first, second) => {
  const december = wantedInstrument(contractOf(GOLD, "Z26"));

  const book = await resolved([
    wanted(GOLD),
    heldIn === undefined ? december : { ...december, heldIn },
    wanted(NQ),
  ]);

  expect(book.contracts.map(({ instrument }) => instrument.id)).toEqual([first, NQ.id]);
  expect(book.instrumentOf("CON.F.US.MGC.Z26")?.id).toBe(first);
  expect([...book.problems]).toEqual([
    [
      second,
      `${second}: it would be traded in CON.F.US.MGC.Z26, as ${first} is already; name one of the two`,
    ],
  ]);
});

test("two active contracts of one product are for a person to choose from", async () => {
  const book = await resolved(
    [wanted(GOLD)],
    [...AVAILABLE, row("CON.F.US.MGC.G27", "F.US.MGC", 0.1, 1)],
  );

  expect([...book.problems.values()]).toEqual([
    "MGC: several contracts of F.US.MGC are active (CON.F.US.MGC.Z26, CON.F.US.MGC.G27); name one",
  ]);
});

test("other contracts have the names of the catalogue, or their own", async () => {
  const book = await resolved([wanted(GOLD)]);

  expect(book.nameOf("CON.F.US.EP.U26")).toBe("ESU26");
  expect(book.nameOf("CON.F.US.XYZ.U26")).toBe("CON.F.US.XYZ.U26");
  expect(book.instrumentOf("CON.F.US.XYZ.U26")).toBe(undefined);
});

test("a list that failed leaves everything open", async () => {
  const { rest } = await scriptedRest(() => ({ status: 500 }));

  expect((await resolveContracts(rest, [wanted(GOLD)])).kind).toBe("unknown");
});

async function resolved(
  instruments: readonly WantedInstrument[],
  rows: readonly object[] = AVAILABLE,
) {
  const known = row("CON.F.US.MGC.J26", "F.US.MGC", 0.1, 1);
  const { rest } = await scriptedRest(({ path, body }) => {
    // As observed: a live list is empty and says that it is well.
    if (body["live"] === true) return { json: { contracts: [], ...SUCCESS } };
    if (path.endsWith("available")) return { json: { contracts: rows, ...SUCCESS } };
    if (path.endsWith("search")) return { json: { contracts: [], ...SUCCESS } };
    if (body["contractId"] === known.id) return { json: { contract: known, ...SUCCESS } };
    return { json: { contract: null, success: false, errorCode: 1, errorMessage: null } };
  });
  const found = await resolveContracts(rest, instruments);
  if (found.kind !== "confirmed") throw new Error(`Expected contracts, found ${found.kind}`);
  return found.value;
}

function wanted(instrument: Instrument, contractId: string | null = null): WantedInstrument {
  return { instrument, contractId };
}

function row(id: string, symbolId: string, tickSize: number, tickValue: number) {
  return { id, name: id, description: id, tickSize, tickValue, activeContract: true, symbolId };
}

function root(name: string): Instrument {
  const found = instrumentByRoot(name);
  if (found === undefined) throw new Error(`Expected ${name} in the catalogue`);
  return found;
}
