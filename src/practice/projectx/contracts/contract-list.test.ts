import { expect, test } from "vitest";
import { contractOf } from "#core/domain/instrument-catalogue.ts";
import { epochMs } from "#core/domain/units.ts";
import { GOLD, NASDAQ } from "#test/kit/builders.ts";
import { LIVE, recordedContract } from "#test/kit/recorded-contract.ts";
import { ContractList, contractRow } from "./contract-list.ts";

const at = (text: string) => epochMs(Temporal.Instant.from(text).epochMilliseconds);
const AUGUST = at("2026-08-19T20:51:00Z");

test("the active contracts of August 2026 are those the venue listed then", (context) => {
  const recorded = recordedContract(`${LIVE}/contracts_available.json`, context);

  const list = new ContractList([GOLD], AUGUST);

  expect(list.active.map(contractRow)).toEqual(recorded);
});

test("the contract of the sample day is December gold", () => {
  const list = new ContractList([GOLD], at("2013-10-07T22:00:00Z"));

  expect(list.ofInstrument(GOLD.id)).toMatchObject({
    id: "CON.F.US.MGC.Z13",
    name: "MGCZ3",
    displayName: "MGCZ13",
    description: "Micro Gold: December 2013",
    instrument: "MGC",
  });
});

test("data of one contract makes that contract the active one", () => {
  const nasdaq = contractOf(NASDAQ, "Z25");
  const list = new ContractList([nasdaq], AUGUST);

  expect(list.byId("CON.F.US.MNQ.Z25")).toMatchObject({ isActive: true, instrument: "MNQZ25" });
  expect(list.byId("CON.F.US.MNQ.U26")).toMatchObject({ isActive: false, instrument: null });
});

test.each([
  ["ES", ["EP", "FVA", "JY6", "MES", "MX6", "TYA"]],
  ["nq", ["ENQ", "MNQ", "NQG", "NQM"]],
  ["CON.F.US.MGC", ["MGC"]],
  ["micro gold", ["MGC"]],
  ["nothing of the kind", []],
])("a search for %s is fuzzy", (text, codes) => {
  const list = new ContractList([GOLD], AUGUST);

  const found = list.search(text).map(({ symbolId }) => symbolId.replace("F.US.", ""));

  expect(found).toEqual(codes);
});

test("a search finds 20 at most", () => {
  expect(new ContractList([GOLD], AUGUST).search("")).toHaveLength(20);
});

test("an expired contract is found by its id, and says that it is not active", () => {
  const list = new ContractList([GOLD], AUGUST);

  expect(list.byId("CON.F.US.MNQ.Z20")).toMatchObject({ name: "MNQZ0", isActive: false });
});

test.each(["", "MGC", "CON.F.US.XYZ.Z25", "CON.F.US.MNQ.F26", "CON.F.US.MNQ.Z25.1"])(
  "%s is no contract",
  (id) => {
    expect(new ContractList([GOLD], AUGUST).byId(id)).toBeUndefined();
  },
);
