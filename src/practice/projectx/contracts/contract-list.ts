import type { InstrumentId } from "#core/domain/ids.ts";
import {
  INSTRUMENTS,
  contractByProjectXId,
  instrumentByRoot,
} from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import { type EpochMs, moneyToNumber } from "#core/domain/units.ts";
import { activeExpiry, expiryText } from "./front-month.ts";
import { PRODUCT_NAMES } from "./product-names.ts";

/** Contracts that a search returns at most. */
const FOUND_MAX = 20;

/** One expiry of a product, as ProjectX names it. */
export type Contract = {
  /** "CON.F.US.MGC.Z26" */
  readonly id: string;
  /** "F.US.MGC" */
  readonly symbolId: string;
  /** "MGCZ6" */
  readonly name: string;
  /** "MGCZ26", as positions show it. */
  readonly displayName: string;
  readonly description: string;
  readonly product: Instrument;
  readonly isActive: boolean;
  /** What recorded data calls it; null where there is none, so that it cannot trade. */
  readonly instrument: InstrumentId | null;
};

/** A contract as REST tells it. */
export type ContractRow = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tickSize: number;
  readonly tickValue: number;
  readonly activeContract: boolean;
  readonly symbolId: string;
};

/**
 * The contracts of the gateway. Which ones are active is decided once, when it starts: a gateway that runs over a
 * roll keeps the contracts it began with.
 */
export class ContractList {
  /** The active ones, by id. */
  readonly active: readonly Contract[];
  readonly #active: ReadonlyMap<string, Contract>;
  readonly #byInstrument: ReadonlyMap<InstrumentId, Contract>;

  /** `traded` are the instruments there is data of: products (their active contract is meant) or contracts. */
  constructor(traded: readonly Instrument[], at: EpochMs) {
    const expiries = new Map(
      traded.map((one) => [one.root, expiryOf(one) ?? activeExpiry(one, at)]),
    );
    const dataOf = new Map(traded.map((one) => [one.root, one.id]));
    this.active = INSTRUMENTS.map((product) => {
      const expiry = expiries.get(product.root) ?? activeExpiry(product, at);
      return contractFor(product, expiry, dataOf.get(product.root) ?? null);
    }).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    this.#active = new Map(this.active.map((contract) => [contract.id, contract]));
    this.#byInstrument = new Map(
      this.active.flatMap((one) => (one.instrument === null ? [] : [[one.instrument, one]])),
    );
  }

  /** Active or not; undefined for what is no contract. */
  byId(id: string): Contract | undefined {
    const active = this.#active.get(id);
    if (active !== undefined) return active;
    const product = instrumentByRoot(contractByProjectXId(id)?.root ?? "");
    const expiry = id.slice(-3);
    if (product === undefined || !product.months.includes(expiry.charAt(0))) return undefined;
    return { ...contractFor(product, expiry, null), isActive: false };
  }

  ofInstrument(instrument: InstrumentId): Contract {
    const contract = this.#byInstrument.get(instrument);
    invariant(
      contract !== undefined,
      `an instrument with data has a contract, found ${instrument}`,
    );
    return contract;
  }

  /** Fuzzy on purpose: "ES" also finds Treasury notes. */
  search(text: string): readonly Contract[] {
    const wanted = text.toLowerCase();
    return this.active
      .filter(({ id, name, description }) =>
        [id, name, description].some((field) => field.toLowerCase().includes(wanted)),
      )
      .slice(0, FOUND_MAX);
  }
}

export function contractRow(contract: Contract): ContractRow {
  const { id, name, description, product, isActive, symbolId } = contract;
  const { tickSize } = product;
  const tickValue = moneyToNumber(product.tickValue);
  return { id, name, description, tickSize, tickValue, activeContract: isActive, symbolId };
}

/** The expiry of a contract such as MGCZ25; undefined for a product. */
function expiryOf({ id, root }: Instrument): string | undefined {
  return id === root ? undefined : id.slice(root.length);
}

function contractFor(
  product: Instrument,
  expiry: string,
  instrument: InstrumentId | null,
): Contract {
  const { root, projectXCode: code } = product;
  return {
    id: `CON.F.US.${code}.${expiry}`,
    symbolId: `F.US.${code}`,
    name: `${root}${expiry.charAt(0)}${expiry.charAt(2)}`,
    displayName: `${root}${expiry}`,
    description: `${PRODUCT_NAMES.get(code) ?? root}: ${expiryText(expiry)}`,
    product,
    isActive: true,
    instrument,
  };
}
