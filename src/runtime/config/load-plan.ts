import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { AccountConfig, BotConfig, SessionConfig } from "#core/desk/config.ts";
import { accountId, botId, sessionId, venueId } from "#core/domain/ids.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import type { SettingProblem } from "#core/domain/settings.ts";
import { fixedSlippage } from "#core/matching/fill-model.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import type { SessionPlan } from "#runtime/session-plan.ts";
import { ConfigError, type ConfigProblem } from "./config-problem.ts";
import { readConfigText } from "./config-text.ts";
import { accountOf, crossProblems } from "./cross-checks.ts";
import { type DataCatalog, DataError } from "./data-catalog.ts";
import type { Environment } from "./environment.ts";
import { type Override, withOverrides } from "./overrides.ts";
import { type FoundData, findData } from "./planned-data.ts";
import type { PracticeSettings } from "./practice-settings.ts";
import { type AccountSettings, type ConfigSettings, configSchema } from "./schema.ts";

/** Where a configuration comes from. */
export type ConfigSource =
  | { readonly path: string }
  /** `name` stands for the file in messages; files it names are looked for in `folder`. */
  | { readonly text: string; readonly name: string; readonly folder: string };

export type PlanRequest = {
  readonly source: ConfigSource;
  readonly mode: SessionConfig["mode"];
  readonly sessionId: string;
  readonly overrides?: readonly Override[];
};

/** A session as the file describes it, and the practice gateway it may be rehearsed at. */
export type LoadedPlan = SessionPlan & { readonly practice: PracticeSettings };

/** What the loader knows of the world. */
export type PlanWorld = {
  readonly env: Environment;
  readonly strategies: ReadonlyMap<string, AnyStrategy>;
  readonly data: DataCatalog;
};

const CONFIG_BYTES_MAX = 1024 * 1024;
const SIMULATED = venueId("simulated");

/**
 * Reads a configuration and everything it names. Errors: `ConfigError` with every problem found; `DataError` when
 * the configuration is sound and only its market data is missing or broken.
 */
export async function loadPlan(world: PlanWorld, request: PlanRequest): Promise<LoadedPlan> {
  const { source } = request;
  const file = "path" in source ? source.path : source.name;
  const text = "path" in source ? await readText(source.path) : source.text;
  const { isReadable, root, places, problems: textProblems } = readConfigText(text, world.env);
  if (!isReadable) throw new ConfigError(file, textProblems);

  const values = withOverrides(root, request.overrides ?? [], places) ?? {};
  const { settings, data, wrong, missing } = await readValues(world, values, folderOf(source));
  const problems = [
    ...textProblems,
    ...wrong.flatMap((problem) => places.locate(problem, "config") ?? []),
    ...missing.flatMap((problem) => places.locate(problem, "data") ?? []),
  ];
  if (problems.length > 0) throw failure(file, problems);
  invariant(settings !== undefined && data !== undefined, "what cannot be read is a problem");
  return planOf(settings, data, { ...request, configHash: sha256(text) });
}

type Reading = {
  readonly settings: ConfigSettings | undefined;
  readonly data: FoundData | undefined;
  /** What is wrong with the values, and what market data they name in vain. */
  readonly wrong: readonly SettingProblem[];
  readonly missing: readonly SettingProblem[];
};

/** Looks at everything even when something is wrong, so that all problems are told at once. */
async function readValues(world: PlanWorld, values: unknown, folder: string): Promise<Reading> {
  const wrong: SettingProblem[] = [];
  const missing: SettingProblem[] = [];
  const settings = configSchema(world).read(values, [], wrong);
  if (settings === undefined) return { settings, data: undefined, wrong, missing };
  const search = { data: world.data, folder, problems: missing };
  const readable: Partial<ConfigSettings> = settings;
  const data = readable.data === undefined ? undefined : await findData(readable.data, search);
  const dataInstruments = data === undefined ? undefined : [data.instrument.id];
  wrong.push(...crossProblems(settings, { strategies: world.strategies, dataInstruments }));
  return { settings, data, wrong, missing };
}

function folderOf(source: ConfigSource): string {
  return "path" in source ? dirname(source.path) : source.folder;
}

/** A file whose only fault is its market data is sound. */
function failure(file: string, problems: readonly ConfigProblem[]): Error {
  const error = new ConfigError(file, problems);
  if (problems.some(({ kind }) => kind === "config")) return error;
  return new DataError(error.message, { cause: error });
}

function planOf(
  settings: ConfigSettings,
  data: FoundData,
  request: PlanRequest & { readonly configHash: string },
): LoadedPlan {
  const { venue, practice, queue, answerTimeout } = settings;
  return {
    config: {
      sessionId: sessionId(request.sessionId),
      mode: request.mode,
      instruments: [data.instrument],
      accounts: Object.entries(settings.accounts).map(([name, account]) =>
        accountConfig(name, account, data),
      ),
      bots: botConfigs(settings),
      queue,
      answerTimeout,
      sources: { config: request.configHash, ...data.hashes },
    },
    venue: {
      latency: { toVenueMs: venue.latency.toVenue, toDeskMs: venue.latency.toDesk },
      fillModel: {
        limitFill: venue.limitFill,
        participation: venue.participation,
        marketDepth: venue.marketDepth,
        slippage: fixedSlippage(venue.slippageTicks),
      },
    },
    data: data.planned,
    practice,
  };
}

function accountConfig(name: string, account: AccountSettings, data: FoundData): AccountConfig {
  const rules: [string, PlainData][] = [];
  for (const [key, rule] of Object.entries(account.rules))
    if (rule !== null) rules.push([key, rule]);
  return {
    accountId: accountId(name),
    venueId: SIMULATED,
    arming: account.arming,
    startBalance: account.balance,
    limits: limitsOf(account.limits, data),
    rules: Object.fromEntries(rules),
  };
}

/** Recordings with few quotes are stale later than live prices; the account's own word counts more. */
function limitsOf(written: PlainData, { staleAfterMs }: FoundData): PlainData {
  if (staleAfterMs === null || typeof written !== "object" || written === null) return written;
  return Object.assign({ staleAfter: `${staleAfterMs}ms` }, written);
}

function botConfigs({ bots, accounts }: ConfigSettings): readonly BotConfig[] {
  return bots.flatMap(({ value: { bot, account, instrument, strategy, risk } }) => {
    const owner = accountOf(account, accounts);
    if (owner === undefined) return [];
    return {
      botId: botId(bot.id),
      name: bot.name ?? bot.id,
      enabled: bot.enabled,
      accountId: accountId(owner),
      instrument: instrument.symbol.id,
      strategy: strategy.type,
      params: strategy.params,
      risk,
    };
  });
}

/** The text of a file, which must be UTF-8 and small. */
async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  if (bytes.length > CONFIG_BYTES_MAX) {
    throw unreadable(path, `a file of at most ${CONFIG_BYTES_MAX} bytes`, "a larger one");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw unreadable(path, "text in UTF-8", "other bytes");
  }
}

/** At most one byte more than allowed, so that a mistaken path to something huge costs nothing. */
async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      return await firstBytes(file, CONFIG_BYTES_MAX + 1);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code === "ENOENT") throw unreadable(path, "a configuration file", "nothing");
    if (code === "EISDIR") throw unreadable(path, "a configuration file", "a folder");
    if (code === "EACCES" || code === "EPERM")
      throw unreadable(path, "a file that may be read", "no permission");
    throw error;
  }
}

async function firstBytes(file: FileHandle, count: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(count);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, count - length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
}

function unreadable(path: string, expected: string, found: string): ConfigError {
  const place = { kind: "file", line: 1, column: 1 } as const;
  return new ConfigError(path, [{ kind: "config", place, path: [], expected, found, hint: null }]);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
