import type { SessionConfig } from "#core/desk/config.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { SettingProblem } from "#core/domain/settings.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import { type ConfigSource, readConfigFile } from "./config-file.ts";
import { ConfigError, type ConfigProblem } from "./config-problem.ts";
import { readConfigText } from "./config-text.ts";
import { crossProblems } from "./cross-checks.ts";
import { type DataCatalog, DataError } from "./data-catalog.ts";
import type { Environment } from "./environment.ts";
import { type Override, soundOverrides, withOverrides } from "./overrides.ts";
import { type FoundData, findData } from "./planned-data.ts";
import { type ConfigNeeds, type ConfigSettings, configSchema } from "./schema.ts";

export type PlanRequest = {
  readonly source: ConfigSource;
  readonly mode: SessionConfig["mode"];
  readonly sessionId: string;
  readonly overrides?: readonly Override[];
};

/** What the loader knows of the world. */
export type PlanWorld = {
  readonly env: Environment;
  readonly strategies: ReadonlyMap<string, AnyStrategy>;
  readonly data: DataCatalog;
};

/** A configuration without mistakes. */
export type LoadedConfig = {
  readonly settings: ConfigSettings;
  /** The market data it names; undefined when a connection was asked for, or it names none. */
  readonly data: FoundData | undefined;
  readonly hash: string;
};

/**
 * Reads a configuration and everything it names that the session needs. Errors: `ConfigError` with every problem
 * found; `DataError` when the configuration is sound and only its market data is missing or broken.
 */
export async function loadConfig(
  world: PlanWorld,
  request: PlanRequest,
  needs: ConfigNeeds,
): Promise<LoadedConfig> {
  const { name, text, folder, hash } = await readConfigFile(request.source);
  const { isReadable, root, places, problems: textProblems } = readConfigText(text, world.env);
  if (!isReadable) throw new ConfigError(name, textProblems);

  const { sound, problems: setProblems } = soundOverrides(root, request.overrides ?? []);
  const values = withOverrides(root, sound, places) ?? {};
  const { settings, data, wrong, missing } = await readValues({ ...world, needs }, values, folder);
  const problems = [
    ...textProblems,
    ...setProblems,
    ...wrong.flatMap((problem) => places.locate(problem, "config") ?? []),
    ...missing.flatMap((problem) => places.locate(problem, "data") ?? []),
  ];
  if (problems.length > 0) throw failure(name, problems);
  invariant(settings !== undefined, "what cannot be read is a problem");
  return { settings, data, hash };
}

type Reading = {
  readonly settings: ConfigSettings | undefined;
  readonly data: FoundData | undefined;
  /** What is wrong with the values, and what market data they name in vain. */
  readonly wrong: readonly SettingProblem[];
  readonly missing: readonly SettingProblem[];
};

/** Looks at everything even when something is wrong, so that all problems are told at once. */
async function readValues(
  world: PlanWorld & { readonly needs: ConfigNeeds },
  values: unknown,
  folder: string,
): Promise<Reading> {
  const wrong: SettingProblem[] = [];
  const missing: SettingProblem[] = [];
  const settings = configSchema(world).read(values, [], wrong);
  if (settings === undefined) return { settings, data: undefined, wrong, missing };
  const search = { data: world.data, folder, problems: missing };
  const { data: named, connection }: Partial<ConfigSettings> = settings;
  const isWanted = world.needs !== "connection" && named !== undefined && named !== null;
  if (world.needs === "either" && named === null && connection === null) wrong.push(NOTHING_NAMED);
  const data = isWanted ? await findData(named, search) : undefined;
  const dataInstruments = data === undefined ? undefined : [data.instrument.id];
  wrong.push(...crossProblems(settings, { strategies: world.strategies, dataInstruments }));
  return { settings, data, wrong, missing };
}

const NOTHING_NAMED: SettingProblem = {
  path: ["data"],
  expected: "data or a connection, which sessions run over",
  found: "neither",
  hint: null,
};

/** A file whose only fault is its market data is sound. */
function failure(file: string, problems: readonly ConfigProblem[]): Error {
  const error = new ConfigError(file, problems);
  if (problems.some(({ kind }) => kind === "config")) return error;
  return new DataError(error.message, { cause: error });
}
