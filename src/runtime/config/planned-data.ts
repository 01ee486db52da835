import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { InstrumentId } from "#core/domain/ids.ts";
import { instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { SettingProblem } from "#core/domain/settings.ts";
import type { DurationMs } from "#core/domain/units.ts";
import type { PlannedData } from "#runtime/session-plan.ts";
import { type DataCatalog, DataError } from "./data-catalog.ts";
import type { DataSettings } from "./schema.ts";

/** The market data of a session, found and hashed. */
export type FoundData = {
  readonly planned: PlannedData;
  readonly instrument: Instrument;
  /** When prices count as stale if the account does not say; null for the general default. */
  readonly staleAfterMs: DurationMs | null;
  readonly hashes: Readonly<Record<string, string>>;
};

type Search = {
  readonly data: DataCatalog;
  readonly folder: string;
  readonly problems: SettingProblem[];
};

/** Finds what the configuration names; undefined after adding what is missing or broken to `problems`. */
export async function findData(
  settings: DataSettings,
  search: Search,
): Promise<FoundData | undefined> {
  switch (settings.kind) {
    case "sample":
      return findSample(settings.sample, search);
    case "files":
      return findFiles(settings, search);
  }
}

async function findSample(
  name: string,
  { data, problems }: Search,
): Promise<FoundData | undefined> {
  try {
    const { instrument, session, warmUp, staleAfterMs, hashes, open } = await data.sample(name);
    const planned = { name, open, warmUp, session };
    return { planned, instrument: knownInstrument(instrument), staleAfterMs, hashes };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const expected = "a sample that can be read";
    problems.push({
      path: ["data", "sample"],
      expected,
      found: `a problem: ${error.message}`,
      hint: null,
    });
    return undefined;
  }
}

async function findFiles(
  settings: Extract<DataSettings, { kind: "files" }>,
  { data, folder, problems }: Search,
): Promise<FoundData | undefined> {
  const { instrument, from, until, warmUpFrom } = settings;
  const hashes: Record<string, string> = {};
  const before = problems.length;
  for (const kind of ["trades", "quotes"] as const) {
    for (const [index, file] of settings[kind].entries()) {
      const hash = await hashOf(resolve(folder, file));
      if (typeof hash === "string") hashes[file] = hash;
      else problems.push({ path: ["data", kind, index], ...hash });
    }
  }
  if (problems.length > before) return undefined;
  const files = (kind: "trades" | "quotes") => settings[kind].map((file) => resolve(folder, file));
  const series = { instrument: instrument.id, trades: files("trades"), quotes: files("quotes") };
  const planned = {
    name: `${instrument.id} from ${Temporal.Instant.fromEpochMilliseconds(from).toString()}`,
    open: () => data.files(series),
    warmUp: warmUpFrom === null ? null : { from: warmUpFrom, until: from },
    session: { from, until },
  };
  return { planned, instrument, staleAfterMs: null, hashes };
}

/** SHA-256 of a file, or what is wrong with it. */
async function hashOf(path: string): Promise<string | Omit<SettingProblem, "path">> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest("hex");
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    const hint = "paths count from the folder of the configuration file";
    if (code === "ENOENT") return { expected: "a file", found: `nothing at ${path}`, hint };
    if (code === "EISDIR") return { expected: "a file", found: `a folder at ${path}`, hint };
    if (code !== "EACCES" && code !== "EPERM") throw error;
    return { expected: "a file that may be read", found: path, hint: "change its permissions" };
  }
}

function knownInstrument(id: InstrumentId): Instrument {
  const instrument = instrumentByRoot(id);
  invariant(instrument !== undefined, `a sample is of an instrument of the catalogue, found ${id}`);
  return instrument;
}
