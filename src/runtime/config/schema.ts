import { nearest } from "#core/domain/nearest.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import {
  type Setting,
  type SettingValue,
  amount,
  choice,
  decimal,
  duration,
  flag,
  integer,
  list,
  mapOf,
  nullable,
  object,
  optional,
  text,
} from "#core/domain/settings.ts";
import type { DurationMs } from "#core/domain/units.ts";
import { accountLimits } from "#core/risk/limits.ts";
import { RULES } from "#core/risk/rules/catalogue.ts";
import { botRisk } from "#core/strategy/bot-settings.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import { asWritten, idText, instant, located, refined, wrongUnless } from "./config-settings.ts";
import { connectionSetting } from "./connection-settings.ts";
import type { DataCatalog } from "./data-catalog.ts";
import { practiceSetting } from "./practice-settings.ts";
import { symbolSetting, unknownRoot } from "./symbol-setting.ts";

export type SchemaParts = {
  readonly strategies: ReadonlyMap<string, AnyStrategy>;
  readonly data: Pick<DataCatalog, "samples">;
  readonly needs?: ConfigNeeds;
};

/** What the session runs over; the other may be there for other modes. `either` where no session is meant yet. */
export type ConfigNeeds = "data" | "connection" | "either";

/** The whole configuration file. */
export function configSchema({ strategies, data, needs = "data" }: SchemaParts) {
  const stored = dataSetting(data.samples);
  return object({
    accounts: { ...accountsSetting, expected: ACCOUNTS_EXPECTED },
    bots: optional(list(located(botSetting(strategies))), []),
    data: needs === "data" ? stored : nullable(stored),
    connection: needs === "connection" ? connectionSetting : nullable(connectionSetting),
    venue: venueSetting,
    queue: queueSetting,
    practice: practiceSetting,
    answerTimeout: optional(duration(), 5_000 as DurationMs),
  });
}

export type ConfigSettings = SettingValue<ReturnType<typeof configSchema>>;
export type AccountSettings = SettingValue<typeof accountSetting>;
export type BotSettings = SettingValue<ReturnType<typeof botSetting>>;
export type DataSettings = SettingValue<ReturnType<typeof dataSetting>>;

const limitsSetting = refined(accountLimits, ({ instruments, messageBudget }, path) => [
  ...(instruments ?? []).flatMap((root, index) =>
    unknownRoot(root, [...path, "instruments", index]),
  ),
  ...wrongUnless(messageBudget.reserve < messageBudget.limit, {
    path: [...path, "messageBudget", "reserve"],
    expected: `fewer than the limit of ${messageBudget.limit}`,
    found: String(messageBudget.reserve),
    hint: "leave messages for entries, or raise the limit",
  }),
]);

const accountSetting = object({
  balance: amount(),
  /** Null where the kind of venue decides: `trade` where money is not real, else `observe`. */
  arming: nullable(choice("observe", "guard", "trade")),
  /** What the venue calls it, where that is not its name here. */
  venueName: nullable(text("the name of the account at the venue")),
  limits: optional(asWritten(limitsSetting), {}),
  rules: object(
    Object.fromEntries(RULES.map((rule) => [rule.key, enabledBy(rule.settings)])) as Readonly<
      Record<string, Setting<PlainData | null>>
    >,
  ),
});

const ACCOUNTS_EXPECTED = "accounts by name, such as PRACTICE-1: { balance: 50000 }";
const accountsSetting = refined(mapOf(accountSetting), (accounts, path) => [
  ...wrongUnless(Object.keys(accounts).length > 0, {
    path,
    expected: "at least one account",
    found: "none",
    hint: "add one, such as PRACTICE-1: { balance: 50000 }",
  }),
  ...Object.keys(accounts).flatMap((name) =>
    wrongUnless(/^[\x21-\x7e]{1,64}$/u.test(name), {
      path: [...path, name],
      expected: "an account name of 1 to 64 printable characters without spaces",
      found: JSON.stringify(name),
      hint: null,
    }),
  ),
]);

const instrumentSetting = refined(
  object({
    symbol: symbolSetting(),
    exchange: nullable(choice("CME", "CBOT", "COMEX", "NYMEX")),
  }),
  ({ symbol, exchange }, path) =>
    wrongUnless(exchange === null || exchange === symbol.exchange, {
      path: [...path, "exchange"],
      expected: `${symbol.exchange}, where ${symbol.root} trades`,
      found: String(exchange),
      hint: null,
    }),
);

function botSetting(strategies: ReadonlyMap<string, AnyStrategy>) {
  return object({
    bot: object({
      id: idText("a bot id"),
      name: nullable(text()),
      enabled: optional(flag(), true),
    }),
    account: nullable(text("the name of an account")),
    instrument: instrumentSetting,
    strategy: strategySetting(strategies),
    risk: optional(asWritten(botRisk), {}),
  });
}

/**
 * The parameters are those of the strategy named beside them. Where its name is wrong, those of the one that is nearest
 * are looked at, so that what is wrong with them is told as well.
 */
function strategySetting(
  strategies: ReadonlyMap<string, AnyStrategy>,
): Setting<{ readonly type: string; readonly params: PlainData }> {
  const anything: Setting<unknown> = { expected: "a map of parameters", read: (raw) => raw };
  const shape = object({ type: choice(...strategies.keys()), params: optional(anything, {}) });
  return {
    expected: shape.expected,
    read(raw, path, problems) {
      const value: Partial<SettingValue<typeof shape>> = shape.read(raw, path, problems) ?? {};
      const type = value.type ?? meantStrategy(raw, [...strategies.keys()]);
      const strategy = strategies.get(type ?? "");
      if (strategy === undefined) return undefined;
      const params = asWritten(strategy.params).read(value.params, [...path, "params"], problems);
      if (params === undefined || value.type === undefined) return undefined;
      return { type: value.type, params };
    },
  };
}

function meantStrategy(raw: unknown, names: readonly string[]): string | undefined {
  const type: unknown = typeof raw === "object" && raw !== null && Reflect.get(raw, "type");
  if (names.length === 1) return names[0];
  return typeof type === "string" ? nearest(type, names) : undefined;
}

const fileSetting = refined(
  object({
    instrument: symbolSetting(),
    trades: list(text("a Parquet file of trades")),
    quotes: optional(list(text("a Parquet file of quotes")), []),
    from: instant(),
    until: instant(),
    warmUpFrom: nullable(instant()),
  }),
  ({ trades, from, until, warmUpFrom }, path) => [
    ...wrongUnless(trades.length > 0, {
      path: [...path, "trades"],
      expected: "at least one file",
      found: "none",
      hint: null,
    }),
    ...wrongUnless(from < until, {
      path: [...path, "until"],
      expected: "an instant after from",
      found: "one before or at it",
      hint: null,
    }),
    ...wrongUnless(warmUpFrom === null || warmUpFrom < from, {
      path: [...path, "warmUpFrom"],
      expected: "an instant before from",
      found: "one after or at it",
      hint: "leave it out for no warm-up",
    }),
  ],
);

type SampleSettings = { readonly kind: "sample"; readonly sample: string };
type FileSettings = { readonly kind: "files" } & SettingValue<typeof fileSetting>;

function dataSetting(samples: readonly string[]): Setting<SampleSettings | FileSettings> {
  const sampleSetting = object({ sample: choice(...samples) });
  return {
    expected: `{ sample: ${samples[0]} } or { instrument, trades, quotes, from, until, warmUpFrom }`,
    read(raw, path, problems) {
      const known = problems.length;
      const isSample = typeof raw === "object" && raw !== null && "sample" in raw;
      const value = isSample
        ? { kind: "sample" as const, ...sampleSetting.read(raw, path, problems) }
        : { kind: "files" as const, ...fileSetting.read(raw, path, problems) };
      return problems.length > known ? undefined : (value as SampleSettings | FileSettings);
    },
  };
}

const venueSetting = object({
  latency: object({
    toVenue: optional(duration(), 20 as DurationMs),
    toDesk: optional(duration(), 20 as DurationMs),
  }),
  slippageTicks: optional(integer({ min: 0, max: 1_000 }), 1),
  limitFill: optional(choice("touch", "through"), "through"),
  participation: optional(decimal({ min: 0.01, max: 1 }), 1),
  marketDepth: optional(choice("whole", "touch"), "whole"),
});

const queueSetting = refined(
  object({
    capacity: optional(integer({ min: 1, max: 100_000 }), 1_000),
    perSecond: optional(integer({ min: 1, max: 10_000 }), 20),
    burst: optional(integer({ min: 1, max: 10_000 }), 20),
    marketTtl: optional(duration(), 5_000 as DurationMs),
    limitTtl: optional(duration(), 300_000 as DurationMs),
  }),
  ({ capacity, burst }, path) =>
    wrongUnless(burst <= capacity, {
      path: [...path, "burst"],
      expected: `no more than the capacity of ${capacity}`,
      found: String(burst),
      hint: null,
    }),
);

/** A rule named in the file is enabled, also when nothing stands behind its name; null is one that is not named. */
function enabledBy(settings: Setting<unknown>): Setting<PlainData | null> {
  return optional<PlainData | null>(asWritten(settings), null);
}
