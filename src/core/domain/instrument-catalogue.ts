import type { TradingHoursId } from "./calendar/cme-hours.ts";
import { instrumentId } from "./ids.ts";
import { defineInstrument } from "./instrument.ts";
import type { Exchange, Instrument, ProductGroup } from "./instrument.ts";
import { moneyFrom } from "./units.ts";

/**
 * The CME products that TopstepX trades: codes, ticks and tick values as its contract list gave
 * them on this day, checked against exchange contract specifications. What the venue answers at
 * log-in outranks them.
 */
export const CATALOGUE_AS_OF = "2026-08-19";

/** The continuous instrument of every product, in the order of the table below. */
export const INSTRUMENTS: readonly Instrument[] = [
  ...products("CME", "equityIndex", "cme-equity", [
    { root: "ES", code: "EP", tick: 0.25, worth: 12.5, months: "HMUZ" },
    { root: "MES", code: "MES", tick: 0.25, worth: 1.25, months: "HMUZ", weightTenths: 1 },
    { root: "NQ", code: "ENQ", tick: 0.25, worth: 5, months: "HMUZ" },
    { root: "MNQ", code: "MNQ", tick: 0.25, worth: 0.5, months: "HMUZ", weightTenths: 1 },
    { root: "RTY", code: "RTY", tick: 0.1, worth: 5, months: "HMUZ" },
    { root: "M2K", code: "M2K", tick: 0.1, worth: 0.5, months: "HMUZ", weightTenths: 1 },
    { root: "NKD", code: "NKD", tick: 5, worth: 25, months: "HMUZ" },
  ]),
  ...products("CBOT", "equityIndex", "cme-equity", [
    { root: "YM", code: "YM", tick: 1, worth: 5, months: "HMUZ" },
    { root: "MYM", code: "MYM", tick: 1, worth: 0.5, months: "HMUZ", weightTenths: 1 },
  ]),
  ...products("COMEX", "metals", "cme-gold", [
    { root: "GC", code: "GCE", tick: 0.1, worth: 10, months: "GJMQVZ" },
    { root: "MGC", code: "MGC", tick: 0.1, worth: 1, months: "GJMQVZ", weightTenths: 1 },
  ]),
  ...products("COMEX", "metals", "cme-silver", [
    { root: "SI", code: "SIE", tick: 0.005, worth: 25, months: "HKNUZ" },
    // Counts as a fifth of SI, not a tenth, in Topstep's position limits.
    { root: "SIL", code: "SIL", tick: 0.005, worth: 5, months: "HKNUZ", weightTenths: 2 },
  ]),
  ...products("COMEX", "metals", "cme-copper", [
    { root: "HG", code: "CPE", tick: 0.0005, worth: 12.5, months: "HKNUZ" },
    { root: "MHG", code: "MHG", tick: 0.0005, worth: 1.25, months: "HKNUZ", weightTenths: 1 },
  ]),
  ...products("NYMEX", "metals", "cme-platinum", [
    { root: "PL", code: "PLE", tick: 0.1, worth: 5, months: "FJNV" },
  ]),
  ...products("NYMEX", "energy", "cme-energy", [
    { root: "CL", code: "CLE", tick: 0.01, worth: 10 },
    { root: "MCL", code: "MCLE", tick: 0.01, worth: 1, weightTenths: 1 },
    { root: "QM", code: "NQM", tick: 0.025, worth: 12.5 },
    { root: "NG", code: "NGE", tick: 0.001, worth: 10 },
    { root: "QG", code: "NQG", tick: 0.005, worth: 12.5 },
    { root: "MNG", code: "MNG", tick: 0.001, worth: 1, weightTenths: 1 },
    { root: "RB", code: "RBE", tick: 0.0001, worth: 4.2 },
    { root: "HO", code: "HOE", tick: 0.0001, worth: 4.2 },
  ]),
  ...products("CME", "fx", "cme-fx", [
    { root: "6E", code: "EU6", tick: 0.00005, worth: 6.25, months: "HMUZ" },
    { root: "E7", code: "EEU", tick: 0.0001, worth: 6.25, months: "HMUZ" },
    { root: "M6E", code: "M6E", tick: 0.0001, worth: 1.25, months: "HMUZ", weightTenths: 1 },
    { root: "6A", code: "DA6", tick: 0.00005, worth: 5, months: "HMUZ" },
    { root: "M6A", code: "M6A", tick: 0.0001, worth: 1, months: "HMUZ", weightTenths: 1 },
    { root: "6B", code: "BP6", tick: 0.0001, worth: 6.25, months: "HMUZ" },
    { root: "M6B", code: "M6B", tick: 0.0001, worth: 0.625, months: "HMUZ", weightTenths: 1 },
    { root: "6J", code: "JY6", tick: 0.0000005, worth: 6.25, months: "HMUZ" },
    { root: "6C", code: "CA6", tick: 0.00005, worth: 5, months: "HMUZ" },
    { root: "6S", code: "SF6", tick: 0.00005, worth: 6.25, months: "HMUZ" },
    { root: "6N", code: "NE6", tick: 0.00005, worth: 5, months: "HMUZ" },
    { root: "6M", code: "MX6", tick: 0.00001, worth: 5, months: "HMUZ" },
  ]),
  ...products("CBOT", "treasuries", "cme-treasuries", [
    { root: "ZN", code: "TYA", tick: 1 / 64, worth: 15.625, months: "HMUZ" },
    { root: "ZB", code: "USA", tick: 1 / 32, worth: 31.25, months: "HMUZ" },
    { root: "ZF", code: "FVA", tick: 1 / 128, worth: 7.8125, months: "HMUZ" },
    { root: "ZT", code: "TUA", tick: 1 / 256, worth: 7.8125, months: "HMUZ" },
    { root: "TN", code: "TNA", tick: 1 / 64, worth: 15.625, months: "HMUZ" },
    { root: "UB", code: "ULA", tick: 1 / 32, worth: 31.25, months: "HMUZ" },
  ]),
  // Cents per bushel or pound; soybean meal in dollars per ton.
  ...products("CBOT", "grains", "cme-grains", [
    { root: "ZC", code: "ZCE", tick: 0.25, worth: 12.5, months: "HKNUZ" },
    { root: "ZW", code: "ZWA", tick: 0.25, worth: 12.5, months: "HKNUZ" },
    { root: "ZS", code: "ZSE", tick: 0.25, worth: 12.5, months: "FHKNQUX" },
    { root: "ZM", code: "ZME", tick: 0.1, worth: 10, months: "FHKNQUVZ" },
    { root: "ZL", code: "ZLE", tick: 0.01, worth: 6, months: "FHKNQUVZ" },
  ]),
  ...products("CME", "livestock", "cme-livestock", [
    { root: "HE", code: "HE", tick: 0.025, worth: 10, months: "GJKMNQVZ" },
    { root: "LE", code: "GLE", tick: 0.025, worth: 10, months: "GJMQVZ" },
  ]),
  // Micro contracts in name; Topstep's position limits count each as a whole mini.
  ...products("CME", "crypto", "cme-crypto", [
    { root: "MBT", code: "MBT", tick: 5, worth: 0.5 },
    { root: "MET", code: "GMET", tick: 0.5, worth: 0.05 },
  ]),
];

const byRoot = new Map(INSTRUMENTS.map((instrument) => [instrument.root, instrument]));
const byCode = new Map(INSTRUMENTS.map((instrument) => [instrument.projectXCode, instrument]));

/** The product of an exchange root ("NQ"), whole: "M" is none, whatever begins with it. */
export function instrumentByRoot(root: string): Instrument | undefined {
  return byRoot.get(root);
}

/** The product of a ProjectX code ("ENQ"), whole: NQM is crude oil, not NQ. */
export function instrumentByProjectXCode(code: string): Instrument | undefined {
  return byCode.get(code);
}

/** One expiry of a product: month letter and two digits of the year, "Z25". */
export function contractOf(product: Instrument, expiry: string): Instrument {
  if (!EXPIRY.test(expiry)) {
    throw new RangeError(`Expected an expiry such as Z25 for ${product.root}, found ${expiry}`);
  }
  return { ...product, id: instrumentId(`${product.root}${expiry}`) };
}

/** The contract behind "CON.F.US.MGC.Z25", found by its code part. Undefined for anything else. */
export function contractByProjectXId(contractId: string): Instrument | undefined {
  const [kind, future, country, code = "", expiry = "", ...rest] = contractId.split(".");
  if (kind !== "CON" || future !== "F" || country !== "US" || rest.length > 0) return undefined;
  const product = byCode.get(code);
  return product && EXPIRY.test(expiry) ? contractOf(product, expiry) : undefined;
}

const EXPIRY = /^[FGHJKMNQUVXZ]\d{2}$/u;

type Product = {
  readonly root: string;
  readonly code: string;
  readonly tick: number;
  /** Dollars per tick and lot. */
  readonly worth: number;
  readonly months?: string;
  readonly weightTenths?: 2 | 1;
};

function products(
  exchange: Exchange,
  group: ProductGroup,
  hours: TradingHoursId,
  rows: readonly Product[],
): readonly Instrument[] {
  return rows.map(({ root, code, tick, worth, months, weightTenths }) =>
    defineInstrument({
      id: instrumentId(root),
      root,
      projectXCode: code,
      exchange,
      group,
      tickSize: tick,
      tickValue: moneyFrom(worth),
      currency: "USD",
      hours,
      months: months ?? "FGHJKMNQUVXZ",
      weightTenths: weightTenths ?? 10,
    }),
  );
}
