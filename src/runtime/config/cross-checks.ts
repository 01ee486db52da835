import type { InstrumentId } from "#core/domain/ids.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import {
  type SettingPath,
  type SettingProblem,
  didYouMean,
  oneOf,
  readSetting,
} from "#core/domain/settings.ts";
import { accountLimits } from "#core/risk/limits.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import type { Located } from "./config-settings.ts";
import type { ConnectionSettings } from "./connection-settings.ts";
import type { AccountSettings, BotSettings, ConfigSettings } from "./schema.ts";

/** The settings of a file with mistakes in it: whatever could not be read is undefined. */
export type Readable = {
  readonly accounts?: Readonly<Record<string, Partial<AccountSettings>>> | undefined;
  readonly bots?: readonly Located<ReadableBot>[] | undefined;
  readonly venue?: Partial<ConfigSettings["venue"]> | undefined;
  readonly practice?: Partial<ConfigSettings["practice"]> | undefined;
  readonly answerTimeout?: number | undefined;
  readonly connection?: Partial<ConnectionSettings> | null | undefined;
};
type ReadableBot = {
  readonly [K in Exclude<keyof BotSettings, "instrument">]: BotSettings[K] | undefined;
} & { readonly instrument: { readonly symbol: Instrument | undefined } | undefined };

export type CrossParts = {
  readonly strategies: ReadonlyMap<string, AnyStrategy>;
  /** Instruments that there is market data of; undefined when that is not known. */
  readonly dataInstruments: readonly InstrumentId[] | undefined;
};

/** What is wrong between parts of a configuration that may each be right. */
export function crossProblems(settings: Readable, parts: CrossParts): readonly SettingProblem[] {
  const accounts = settings.accounts;
  const bots = settings.bots ?? [];
  return [
    ...bots.flatMap((bot) => [
      ...(accounts === undefined ? [] : accountProblems(bot, accounts)),
      ...instrumentProblems(bot, parts.dataInstruments),
      ...strategyProblems(bot, parts.strategies),
    ]),
    ...twiceProblems(bots, accounts ?? {}),
    ...timeoutProblems(settings),
    ...armingProblems(settings),
    ...nothingProblems(settings),
    ...practiceProblems(settings),
  ];
}

/** What may be sent about real money is not a matter of a file that is read again with every start. */
function armingProblems({ accounts, connection }: Readable): readonly SettingProblem[] {
  if (connection?.venue !== "projectx") return [];
  return Object.entries(accounts ?? {}).flatMap(([name, { arming }]) => {
    if (arming === undefined || arming === null || arming === "observe") return [];
    const path = ["accounts", name, "arming"];
    const expected = "observe at a real venue";
    const hint = `leave it out, and say keel arm ${name} ${arming} while the desk runs`;
    return [{ path, expected, found: arming, hint }];
  });
}

/** A desk at a venue has to know what it trades, or guards; a position in anything else makes it blind. */
function nothingProblems({ accounts, bots, connection }: Readable): readonly SettingProblem[] {
  if (connection?.instruments?.length !== 0 || bots?.length !== 0) return [];
  const isLimited = Object.values(accounts ?? {}).some(({ limits }) => {
    const reading = readSetting(accountLimits, limits);
    return !reading.ok || reading.value.instruments !== null;
  });
  if (isLimited) return [];
  return [
    {
      path: ["connection", "instruments"],
      expected: "at least one instrument to trade or to guard",
      found: "none, and no bot that names one",
      hint: "name what you trade, such as [MNQ, MGC]",
    },
  ];
}

/** The account a bot trades on: the one named, or the only one there is. */
export function accountOf(named: string | null, accounts: Readonly<Record<string, unknown>>) {
  const names = Object.keys(accounts);
  return named ?? (names.length === 1 ? names[0] : undefined);
}

/** The firm of the practice gateway decides about accounts that there are. */
function practiceProblems({ accounts, practice }: Readable): readonly SettingProblem[] {
  if (accounts === undefined) return [];
  const names = Object.keys(accounts);
  return Object.keys(practice?.accounts ?? {})
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: ["practice", "accounts", name],
      expected: oneOf(names),
      found: JSON.stringify(name),
      hint: didYouMean(name, names),
    }));
}

function accountProblems(
  { path, value: { account, instrument } }: Located<ReadableBot>,
  accounts: Readonly<Record<string, Partial<AccountSettings>>>,
): readonly SettingProblem[] {
  const names = Object.keys(accounts);
  if (account === undefined || names.length === 0) return [];
  const expected = oneOf(names);
  const name = accountOf(account, accounts);
  if (name === undefined) {
    const hint = "there are several accounts, so say which";
    return [{ path: [...path, "account"], expected, found: "nothing", hint }];
  }
  const config = Object.hasOwn(accounts, name) ? accounts[name] : undefined;
  if (config === undefined) {
    const hint = didYouMean(name, names);
    return [{ path: [...path, "account"], expected, found: JSON.stringify(name), hint }];
  }
  const symbol = instrument?.symbol;
  return symbol === undefined ? [] : allowedProblems(path, symbol, { name, config });
}

function allowedProblems(
  path: SettingPath,
  { root }: Instrument,
  { name, config }: { readonly name: string; readonly config: Partial<AccountSettings> },
): readonly SettingProblem[] {
  const limits = readSetting(accountLimits, config.limits);
  const allowed = limits.ok ? limits.value.instruments : null;
  if (allowed === null || allowed.includes(root)) return [];
  return [
    {
      path: [...path, "instrument", "symbol"],
      expected: `an instrument that ${name} may trade (${allowed.join(", ")})`,
      found: JSON.stringify(root),
      hint: `add it to accounts.${name}.limits.instruments, or take another`,
    },
  ];
}

function instrumentProblems(
  { path, value: { instrument } }: Located<ReadableBot>,
  known: readonly InstrumentId[] | undefined,
): readonly SettingProblem[] {
  if (instrument?.symbol === undefined || known === undefined) return [];
  const { id } = instrument.symbol;
  if (known.includes(id)) return [];
  return [
    {
      path: [...path, "instrument", "symbol"],
      expected: `an instrument that there is market data of (${known.join(", ")})`,
      found: JSON.stringify(id),
      hint: "change the instrument, or data",
    },
  ];
}

/** Starts each strategy once, since only it knows which parameters fit together. */
function strategyProblems(
  { path, value: { strategy, instrument } }: Located<ReadableBot>,
  strategies: ReadonlyMap<string, AnyStrategy>,
): readonly SettingProblem[] {
  const known = strategies.get(strategy?.type ?? "");
  if (strategy === undefined || known === undefined || instrument?.symbol === undefined) return [];
  const params = readSetting(known.params, strategy.params);
  if (!params.ok) return [];
  try {
    known.create(params.value, instrument.symbol);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const said = startProblem(error.message, strategy.params);
    return [{ ...said, path: [...path, "strategy", "params", ...said.path] }];
  }
}

/** What a strategy said, at the parameter that was written and that it is about, where one can be told. */
function startProblem(message: string, params: PlainData): SettingProblem {
  const { expected = "parameters that it can start with", found = message } =
    /^Expected (?<expected>.+), found (?<found>.+)$/u.exec(message)?.groups ?? {};
  const written = Object.entries(isPlainMap(params) ? params : {});
  const [key] =
    written.find(([, value]) => JSON.stringify(value) === found) ??
    written.find(([name]) => expected.split(/\W+/u).includes(name)) ??
    [];
  return { path: key === undefined ? [] : [key], expected, found, hint: null };
}

function isPlainMap(value: PlainData): value is Readonly<Record<string, PlainData>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One name for each bot, and one bot for each instrument of an account. */
function twiceProblems(
  bots: readonly Located<ReadableBot>[],
  accounts: Readonly<Record<string, unknown>>,
): readonly SettingProblem[] {
  const problems: SettingProblem[] = [];
  const ids = new Set<string>();
  const seats = new Map<string, string>();
  for (const { path, value } of bots) {
    const id = value.bot?.id;
    if (id === undefined) continue;
    if (ids.has(id)) {
      const hint = "change one of the two";
      problems.push({
        path: [...path, "bot", "id"],
        expected: "each bot id once",
        found: `${JSON.stringify(id)} again`,
        hint,
      });
    }
    ids.add(id);
    if (value.account === undefined || value.instrument?.symbol === undefined) continue;
    const name = accountOf(value.account, accounts);
    const symbol = value.instrument.symbol.id;
    const holder = seats.get(`${name}/${symbol}`);
    if (holder !== undefined) {
      problems.push({
        path: [...path, "instrument", "symbol"],
        expected: "one bot for each instrument of an account",
        found: `${holder} and ${id} on ${name} ${symbol}`,
        hint: "give one of them another account or instrument",
      });
    }
    seats.set(`${name}/${symbol}`, id);
  }
  return problems;
}

function timeoutProblems({ venue, answerTimeout }: Readable): readonly SettingProblem[] {
  const latency = venue?.latency;
  if (answerTimeout === undefined) return [];
  const roundTripMs = (latency?.toVenue ?? 0) + (latency?.toDesk ?? 0);
  if (answerTimeout > roundTripMs) return [];
  return [
    {
      path: ["answerTimeout"],
      expected: `more than the ${roundTripMs}ms that an answer takes (venue.latency)`,
      found: `${answerTimeout}ms`,
      hint: "or every order counts as unconfirmed",
    },
  ];
}
