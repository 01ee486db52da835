import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  CATALOGUE_AS_OF,
  contractByProjectXId,
  contractOf,
  instrumentByProjectXCode,
  instrumentByRoot,
  INSTRUMENTS,
} from "./instrument-catalogue.ts";
import { pointValue } from "./instrument.ts";
import { moneyToNumber } from "./units.ts";

const ALL = "FGHJKMNQUVXZ";

/** Root, ProjectX code, exchange, tick, dollars per tick and per point, months, tenths of a mini. */
const EXPECTED = [
  ["ES", "EP", "CME", 0.25, 12.5, 50, "HMUZ", 10],
  ["MES", "MES", "CME", 0.25, 1.25, 5, "HMUZ", 1],
  ["NQ", "ENQ", "CME", 0.25, 5, 20, "HMUZ", 10],
  ["MNQ", "MNQ", "CME", 0.25, 0.5, 2, "HMUZ", 1],
  ["RTY", "RTY", "CME", 0.1, 5, 50, "HMUZ", 10],
  ["M2K", "M2K", "CME", 0.1, 0.5, 5, "HMUZ", 1],
  ["YM", "YM", "CBOT", 1, 5, 5, "HMUZ", 10],
  ["MYM", "MYM", "CBOT", 1, 0.5, 0.5, "HMUZ", 1],
  ["NKD", "NKD", "CME", 5, 25, 5, "HMUZ", 10],
  ["GC", "GCE", "COMEX", 0.1, 10, 100, "GJMQVZ", 10],
  ["MGC", "MGC", "COMEX", 0.1, 1, 10, "GJMQVZ", 1],
  ["SI", "SIE", "COMEX", 0.005, 25, 5_000, "HKNUZ", 10],
  ["SIL", "SIL", "COMEX", 0.005, 5, 1_000, "HKNUZ", 2],
  ["HG", "CPE", "COMEX", 0.0005, 12.5, 25_000, "HKNUZ", 10],
  ["MHG", "MHG", "COMEX", 0.0005, 1.25, 2_500, "HKNUZ", 1],
  ["CL", "CLE", "NYMEX", 0.01, 10, 1_000, ALL, 10],
  ["MCL", "MCLE", "NYMEX", 0.01, 1, 100, ALL, 1],
  ["QM", "NQM", "NYMEX", 0.025, 12.5, 500, ALL, 10],
  ["NG", "NGE", "NYMEX", 0.001, 10, 10_000, ALL, 10],
  ["QG", "NQG", "NYMEX", 0.005, 12.5, 2_500, ALL, 10],
  ["MNG", "MNG", "NYMEX", 0.001, 1, 1_000, ALL, 1],
  ["6E", "EU6", "CME", 0.00005, 6.25, 125_000, "HMUZ", 10],
  ["M6E", "M6E", "CME", 0.0001, 1.25, 12_500, "HMUZ", 1],
  ["6A", "DA6", "CME", 0.00005, 5, 100_000, "HMUZ", 10],
  ["M6A", "M6A", "CME", 0.0001, 1, 10_000, "HMUZ", 1],
  ["6B", "BP6", "CME", 0.0001, 6.25, 62_500, "HMUZ", 10],
  ["M6B", "M6B", "CME", 0.0001, 0.625, 6_250, "HMUZ", 1],
  ["6J", "JY6", "CME", 0.0000005, 6.25, 12_500_000, "HMUZ", 10],
  ["ZN", "TYA", "CBOT", 0.015625, 15.625, 1_000, "HMUZ", 10],
  ["ZB", "USA", "CBOT", 0.03125, 31.25, 1_000, "HMUZ", 10],
  ["ZF", "FVA", "CBOT", 0.0078125, 7.8125, 1_000, "HMUZ", 10],
  ["ZT", "TUA", "CBOT", 0.00390625, 7.8125, 2_000, "HMUZ", 10],
  ["ZC", "ZCE", "CBOT", 0.25, 12.5, 50, "HKNUZ", 10],
  ["ZW", "ZWA", "CBOT", 0.25, 12.5, 50, "HKNUZ", 10],
  ["ZS", "ZSE", "CBOT", 0.25, 12.5, 50, "FHKNQUX", 10],
  ["HE", "HE", "CME", 0.025, 10, 400, "GJKMNQVZ", 10],
  ["LE", "GLE", "CME", 0.025, 10, 400, "GJMQVZ", 10],
  ["MBT", "MBT", "CME", 5, 0.5, 0.1, ALL, 10],
  ["MET", "GMET", "CME", 0.5, 0.05, 0.1, ALL, 10],
  ["6C", "CA6", "CME", 0.00005, 5, 100_000, "HMUZ", 10],
  ["6S", "SF6", "CME", 0.00005, 6.25, 125_000, "HMUZ", 10],
  ["6N", "NE6", "CME", 0.00005, 5, 100_000, "HMUZ", 10],
  ["6M", "MX6", "CME", 0.00001, 5, 500_000, "HMUZ", 10],
  ["E7", "EEU", "CME", 0.0001, 6.25, 62_500, "HMUZ", 10],
  ["TN", "TNA", "CBOT", 0.015625, 15.625, 1_000, "HMUZ", 10],
  ["UB", "ULA", "CBOT", 0.03125, 31.25, 1_000, "HMUZ", 10],
  ["PL", "PLE", "NYMEX", 0.1, 5, 50, "FJNV", 10],
  ["RB", "RBE", "NYMEX", 0.0001, 4.2, 42_000, ALL, 10],
  ["HO", "HOE", "NYMEX", 0.0001, 4.2, 42_000, ALL, 10],
  ["ZM", "ZME", "CBOT", 0.1, 10, 100, "FHKNQUVZ", 10],
  ["ZL", "ZLE", "CBOT", 0.01, 6, 600, "FHKNQUVZ", 10],
] as const;

test.for(EXPECTED)(
  "%s has the ticks and the point value of its contract",
  ([root, ...expected]) => {
    const found = instrumentByRoot(root);

    expect(
      found && [
        found.projectXCode,
        found.exchange,
        found.tickSize,
        moneyToNumber(found.tickValue),
        moneyToNumber(pointValue(found)),
        found.months,
        found.weightTenths,
      ],
    ).toEqual(expected);
  },
);

test("the catalogue holds these products and no others", () => {
  expect(CATALOGUE_AS_OF).toBe("2026-08-19");
  expect(INSTRUMENTS.map(({ root }) => root).sort()).toEqual(EXPECTED.map(([root]) => root).sort());
  expect(new Set(INSTRUMENTS.map(({ projectXCode }) => projectXCode)).size).toBe(EXPECTED.length);
});

test.for([
  ["CON.F.US.MGC.Z25", "MGCZ25", "MGC"],
  ["CON.F.US.EP.H26", "ESH26", "ES"],
  ["CON.F.US.MES.H26", "MESH26", "MES"],
  ["CON.F.US.ENQ.M27", "NQM27", "NQ"],
  ["CON.F.US.MNQ.U26", "MNQU26", "MNQ"],
  ["CON.F.US.NQM.F26", "QMF26", "QM"],
  ["CON.F.US.NQG.F26", "QGF26", "QG"],
  ["CON.F.US.M2K.Z26", "M2KZ26", "M2K"],
  ["CON.F.US.GMET.G26", "METG26", "MET"],
] as const)("%s is the contract %s", ([contractId, id, root]) => {
  expect(contractByProjectXId(contractId)).toEqual({ ...instrumentByRoot(root), id });
});

test.for([
  "CON.F.US.ES.H26",
  "CON.F.US.M.H26",
  "CON.F.US.NQ.H26",
  "CON.F.US.MGC",
  "CON.F.US.MGC.25",
  "CON.F.US.MGC.A25",
  "CON.F.US.MGC.Z25.X",
  "CON.F.EU.MGC.Z25",
  "CON.O.US.MGC.Z25",
  "F.US.MGC",
  "MGCZ25",
  "",
])("%j is no contract that we know", (contractId) => {
  expect(contractByProjectXId(contractId)).toBeUndefined();
});

test("codes and roots are looked up whole", () => {
  expect(instrumentByProjectXCode("ENQ")?.root).toBe("NQ");
  expect(instrumentByProjectXCode("NQM")?.root).toBe("QM");
  expect(instrumentByProjectXCode("NQ")).toBeUndefined();
  expect(instrumentByRoot("ENQ")).toBeUndefined();
  expect(instrumentByRoot("M")).toBeUndefined();
});

test("an expiry needs a month letter and a year", () => {
  const [product] = INSTRUMENTS;

  expect(() => product && contractOf(product, "2512")).toThrow(RangeError);
});

/** Written in cents by CME and ProjectX, in dollars there: prices differ by 100, ticks by the same. */
const IN_DOLLARS = new Set(["ZC", "ZW", "ZS", "ZL", "HE", "LE"]);
const NOT_IN_LEAN = ["MHG", "MNG", "QG", "QM"];

test("ticks and point values equal those of LEAN for every product it lists", ({ skip }) => {
  const path = "lean/symbol-properties/symbol-properties-database.csv";
  const file = new URL(`../../../../shared/data/${path}`, import.meta.url);
  if (!existsSync(file)) skip(`needs the recorded data ../shared/data/${path}`);
  const rows = new Map(
    readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.split(","))
      .filter(([, , type]) => type === "future")
      .map((cells) => [`${cells[0]} ${cells[1]}`, cells]),
  );

  const missing: string[] = [];
  for (const instrument of INSTRUMENTS) {
    const row = rows.get(`${instrument.exchange.toLowerCase()} ${instrument.root}`);
    const [multiplier, tick, magnifier] = [row?.[5], row?.[6], row?.[10] ?? "1"].map(Number);
    if (multiplier === undefined || tick === undefined || magnifier === undefined || !row) {
      missing.push(instrument.root);
      continue;
    }
    const point = moneyToNumber(pointValue(instrument));
    expect([instrument.root, point, instrument.tickSize]).toEqual([
      instrument.root,
      multiplier / magnifier,
      Number((tick * magnifier).toPrecision(12)),
    ]);
    expect([instrument.root, magnifier === 100]).toEqual([
      instrument.root,
      IN_DOLLARS.has(instrument.root),
    ]);
  }
  expect(missing.sort()).toEqual(NOT_IN_LEAN);
});
