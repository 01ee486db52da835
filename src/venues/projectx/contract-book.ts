import type { InstrumentId } from "#core/domain/ids.ts";
import { instrumentId } from "#core/domain/ids.ts";
import { contractByProjectXId } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { moneyToNumber } from "#core/domain/units.ts";
import { AVAILABLE_CONTRACTS, CONTRACT_BY_ID, SEARCH_CONTRACTS } from "./operations.ts";
import { type Outcome, reasonOf } from "./outcome.ts";
import type { RestClient } from "./rest-client.ts";
import type { ContractRow } from "./rows.ts";

/** An instrument of the desk, and the contract to trade it in when it is not the active one of its product. */
export type WantedInstrument = {
  readonly instrument: Instrument;
  /** "CON.F.US.MGC.Z26", or null for the contract the venue calls active. */
  readonly contractId: string | null;
  /** The contract that something is held in, which comes before the active one. */
  readonly heldIn?: string;
};

/** Something is held in a contract: it is traded on in that one, also when another is active. */
export function whereHeld(
  wanted: WantedInstrument,
  held: ReadonlyMap<InstrumentId, string>,
): WantedInstrument {
  const heldIn = held.get(wanted.instrument.id);
  return heldIn === undefined ? wanted : { ...wanted, heldIn };
}

/** A product stands for its active contract; "MGCZ26" for the one it names. */
export function wantedInstrument(instrument: Instrument): WantedInstrument {
  const { id, root, projectXCode } = instrument;
  const expiry = id.startsWith(root) ? id.slice(root.length) : "";
  const contractId = expiry === "" ? null : `CON.F.US.${projectXCode}.${expiry}`;
  return { instrument, contractId };
}

export type TradedContract = {
  readonly instrument: Instrument;
  readonly contractId: string;
};

/** Which contract stands for which instrument, and why an instrument has none. */
export class ContractBook {
  readonly contracts: readonly TradedContract[];
  /** One sentence per instrument that cannot be traded. */
  readonly problems: ReadonlyMap<InstrumentId, string>;
  readonly #byContract: ReadonlyMap<string, TradedContract>;
  readonly #byInstrument: ReadonlyMap<InstrumentId, TradedContract>;

  constructor(
    contracts: readonly TradedContract[],
    problems: ReadonlyMap<InstrumentId, string> = new Map(),
  ) {
    this.contracts = contracts;
    this.problems = problems;
    this.#byContract = new Map(contracts.map((one) => [one.contractId, one]));
    this.#byInstrument = new Map(contracts.map((one) => [one.instrument.id, one]));
  }

  contractOf(instrument: InstrumentId): TradedContract | undefined {
    return this.#byInstrument.get(instrument);
  }

  /** What a contract of the venue is to us: one that is traded, one that the catalogue knows, or undefined. */
  instrumentOf(contractId: string): Instrument | undefined {
    return this.#byContract.get(contractId)?.instrument ?? contractByProjectXId(contractId);
  }

  /** A name for a contract that may be unknown altogether. */
  nameOf(contractId: string): InstrumentId {
    return (
      this.instrumentOf(contractId)?.id ??
      instrumentId(contractId.replaceAll(/[^\x21-\x7e]/gu, "").slice(0, 64) || "unknown")
    );
  }
}

/** Asks the venue for the contracts of the desk's instruments; by exact ids and product codes, never by the likes of them. */
export async function resolveContracts(
  rest: RestClient,
  wanted: readonly WantedInstrument[],
): Promise<Outcome<ContractBook>> {
  // `live` asks for data of a kind that few subscribe to: then the lists are empty, without an error.
  const available = await rest.call(AVAILABLE_CONTRACTS, { live: false }, "read");
  if (available.kind !== "confirmed") return available;
  const contracts: TradedContract[] = [];
  const problems = new Map<InstrumentId, string>();
  for (const one of heldFirst(wanted)) {
    const found = await findContract(rest, one, available.value);
    if (found.kind === "notSent" || found.kind === "unknown") return found;
    const problem =
      found.kind === "refused"
        ? reasonOf(found)
        : (problemWith(one.instrument, found.value) ?? twinProblem(contracts, found.value));
    if (problem !== null) problems.set(one.instrument.id, `${one.instrument.id}: ${problem}`);
    else if (found.kind === "confirmed") {
      contracts.push({ instrument: one.instrument, contractId: found.value.id });
    }
  }
  return { kind: "confirmed", value: new ContractBook(contracts, problems) };
}

/** A contract can stand for one instrument: for the one in which something is held, else for the first. */
function heldFirst(wanted: readonly WantedInstrument[]): readonly WantedInstrument[] {
  return [
    ...wanted.filter(({ heldIn }) => heldIn !== undefined),
    ...wanted.filter(({ heldIn }) => heldIn === undefined),
  ];
}

function twinProblem(
  contracts: readonly TradedContract[],
  { id }: Pick<ContractRow, "id">,
): string | null {
  const twin = contracts.find(({ contractId }) => contractId === id)?.instrument.id;
  if (twin === undefined) return null;
  return `it would be traded in ${id}, as ${twin} is already; name one of the two`;
}

async function findContract(
  rest: RestClient,
  { instrument, contractId: named, heldIn }: WantedInstrument,
  available: readonly ContractRow[],
): Promise<Outcome<ContractRow>> {
  const contractId = named ?? heldIn;
  if (contractId !== undefined) {
    const listed = available.find(({ id }) => id === contractId);
    if (listed !== undefined) return { kind: "confirmed", value: listed };
    const found = await rest.call(CONTRACT_BY_ID, { contractId }, "read");
    if (found.kind !== "refused") return found;
    return { ...found, text: `the venue does not know the contract ${contractId}` };
  }
  const symbolId = `F.US.${instrument.projectXCode}`;
  const active = activeOf(available, symbolId);
  if (active !== undefined) return active;
  const search = { searchText: instrument.projectXCode, live: false };
  const found = await rest.call(SEARCH_CONTRACTS, search, "read");
  if (found.kind !== "confirmed") return found;
  const endpoint = SEARCH_CONTRACTS.path;
  const text = `the venue lists no active contract of ${symbolId}`;
  return activeOf(found.value, symbolId) ?? { kind: "refused", endpoint, code: 0, text };
}

function activeOf(
  rows: readonly ContractRow[],
  symbolId: string,
): Outcome<ContractRow> | undefined {
  const active = rows.filter((row) => row.symbolId === symbolId && row.activeContract);
  const [only] = active;
  if (only === undefined) return undefined;
  if (active.length === 1) return { kind: "confirmed", value: only };
  const text = `several contracts of ${symbolId} are active (${active.map(({ id }) => id).join(", ")}); name one`;
  return { kind: "refused", endpoint: AVAILABLE_CONTRACTS.path, code: 0, text };
}

/** Money is counted in the ticks of the catalogue: where the venue's differ, nothing is traded. */
function problemWith(instrument: Instrument, row: ContractRow): string | null {
  const tickValue = moneyToNumber(instrument.tickValue);
  if (row.symbolId !== `F.US.${instrument.projectXCode}`) {
    return `${row.id} is of ${row.symbolId}, not of F.US.${instrument.projectXCode}`;
  }
  if (!isSame(row.tickSize, instrument.tickSize)) {
    return `a tick of ${row.id} is ${row.tickSize} at the venue and ${instrument.tickSize} here`;
  }
  if (!isSame(row.tickValue, tickValue)) {
    return `a tick of ${row.id} is worth ${row.tickValue} at the venue and ${tickValue} here`;
  }
  return null;
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.abs(b) * 1e-9;
}
