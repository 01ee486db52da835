import { nearest } from "./nearest.ts";
import { type DurationMs, type Money, moneyFrom } from "./units.ts";

/**
 * How plain data (a YAML file, a request) becomes a typed value. Rules, strategies and the configuration file
 * describe their settings with these, so types, defaults, ranges and messages come from one place.
 */
export type Setting<T> = {
  /** Completes "expected …" in a message. */
  readonly expected: string;
  /** The value, or `undefined` after adding what is wrong to `problems`. */
  readonly read: (raw: unknown, path: SettingPath, problems: SettingProblem[]) => T | undefined;
  /** The value when nothing is given; absent when one must be given. */
  readonly fallback?: { readonly value: T };
};

export type SettingValue<S> = S extends Setting<infer T> ? T : never;
export type SettingPath = readonly (string | number)[];

export type SettingProblem = {
  readonly path: SettingPath;
  readonly expected: string;
  readonly found: string;
  /** What to do about it, when that is known: the nearest valid key, the right spelling. */
  readonly hint: string | null;
};

type Fields = Readonly<Record<string, Setting<unknown>>>;
type ObjectOf<F extends Fields> = { readonly [K in keyof F]: SettingValue<F[K]> };
type Range = { readonly min?: number; readonly max?: number };

/** Reads a whole value; either the value or everything that is wrong with it. */
export function readSetting<T>(
  setting: Setting<T>,
  raw: unknown,
):
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] } {
  const problems: SettingProblem[] = [];
  const value = readOrFallback(setting, raw, [], problems);
  if (problems.length > 0 || value === undefined) return { ok: false, problems };
  return { ok: true, value };
}

export function integer(range: Range = {}): Setting<number> {
  return numeric(`a whole number${rangeText(range)}`, range, Number.isSafeInteger);
}

export function decimal(range: Range = {}): Setting<number> {
  return numeric(`a number${rangeText(range)}`, range, Number.isFinite);
}

export function text(expected = "a text"): Setting<string> {
  return leaf(expected, (raw) => (typeof raw === "string" && raw.length > 0 ? raw : undefined));
}

export function flag(): Setting<boolean> {
  return leaf("true or false", (raw) => (typeof raw === "boolean" ? raw : undefined));
}

export function choice<const C extends readonly string[]>(...choices: C): Setting<C[number]> {
  return leaf(
    oneOf(choices),
    (raw) => choices.find((one) => one === raw),
    (raw) => (typeof raw === "string" ? didYouMean(raw, choices) : null),
  );
}

/** `one of a, b`; a single choice is named alone. */
export function oneOf(choices: readonly string[]): string {
  return choices.length === 1 ? `${choices[0]}` : `one of ${choices.join(", ")}`;
}

/** The nearest choice as a hint; null where none is near, or only one was named as expected. */
export function didYouMean(found: string, choices: readonly string[]): string | null {
  const near = choices.length === 1 ? undefined : nearest(found, choices);
  return near === undefined ? null : `did you mean ${near}?`;
}

/** The largest amount of money a setting may name: far above any limit, and exact in millionths. */
const AMOUNT_MAX = 1_000_000_000;

/** An amount of money in currency units above zero: `400`, `12.5`. A limit of nothing would forbid everything. */
export function amount(): Setting<Money> {
  return leaf(
    `an amount of money from 0.01 to ${AMOUNT_MAX}`,
    (raw) => (typeof raw === "number" && isAmount(raw) ? moneyFrom(raw) : undefined),
    (raw) => {
      if (typeof raw !== "number" || !Number.isFinite(raw)) return null;
      if (raw < 0) return `write limits as positive amounts: ${-raw}`;
      return hasMillionths(raw) ? null : "write at most six decimals";
    },
  );
}

function isAmount(raw: number): boolean {
  return raw >= 0.01 && raw <= AMOUNT_MAX && hasMillionths(raw);
}

/** Money is whole millionths; what is finer would be dropped without a word. What a sum of floats adds is nothing. */
function hasMillionths(raw: number): boolean {
  const kept = Math.round(raw * 1e6) / 1e6;
  return Math.abs(raw - kept) <= 2 * Number.EPSILON * raw;
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Longer than anything the desk waits for, so that an instant plus a duration stays an instant. */
const DURATION_MAX_MS = 366 * 86_400_000;

/** A length of time with its unit, up to 366 days: `500ms`, `10s`, `5m`, `2h`, `1d`. */
export function duration(least = "0s"): Setting<DurationMs> {
  const leastMs = durationMs(least);
  const range = leastMs > 0 ? `of at least ${least}, ` : "";
  return leaf(
    `a duration ${range}such as 500ms, 10s, 5m, 2h or 1d, up to 366d`,
    (raw) => {
      const ms = durationMs(textOf(raw));
      return ms >= leastMs && ms <= DURATION_MAX_MS ? (ms as DurationMs) : undefined;
    },
    (raw) => (/^\d+$/u.test(textOf(raw)) ? `write the unit: ${textOf(raw)}s` : null),
  );
}

/** NaN where the text is no duration. */
function durationMs(written: string): number {
  const [, count, unit = ""] = /^(\d+)(ms|s|m|h|d)$/u.exec(written) ?? [];
  return Number(count) * (DURATION_UNITS[unit] ?? Number.NaN);
}

function textOf(raw: unknown): string {
  return typeof raw === "string" || typeof raw === "number" ? `${raw}` : "";
}

/** The setting may be left out and then has this value. */
export function optional<T>(setting: Setting<T>, value: T): Setting<T> {
  return { ...setting, fallback: { value } };
}

/** The setting may be left out or written as null, and is then null. */
export function nullable<T>(setting: Setting<T>): Setting<T | null> {
  return {
    expected: `${setting.expected}, or null`,
    read: (raw, path, problems) => (raw === null ? null : setting.read(raw, path, problems)),
    fallback: { value: null },
  };
}

export function list<T>(item: Setting<T>): Setting<readonly T[]> {
  const expected = `a list, each ${item.expected}`;
  return {
    expected,
    read(raw, path, problems) {
      if (!Array.isArray(raw)) return wrong(problems, path, expected, raw);
      const values: T[] = [];
      for (const [index, element] of raw.entries()) {
        const value = item.read(element, [...path, index], problems);
        if (value !== undefined) values.push(value);
      }
      return values;
    },
  };
}

/** Free keys, each with a value of one kind: limits by instrument, accounts by name. */
export function mapOf<T>(item: Setting<T>): Setting<Readonly<Record<string, T>>> {
  const expected = `a map, each value ${item.expected}`;
  return {
    expected,
    read(raw, path, problems) {
      if (!isPlainObject(raw)) return wrong(problems, path, expected, raw);
      const entries: [string, T][] = [];
      for (const [key, element] of Object.entries(raw)) {
        const value = readOrFallback(item, element, [...path, key], problems);
        if (value !== undefined) entries.push([key, value]);
      }
      return Object.fromEntries(entries);
    },
  };
}

/** Known keys only: an unknown one is a problem that names the nearest known key. */
export function object<F extends Fields>(fields: F): Setting<ObjectOf<F>> {
  const keys = Object.keys(fields);
  const expected = `keys ${keys.join(", ")}`;
  return {
    expected,
    read(raw, path, problems) {
      const source = raw === undefined || raw === null ? {} : raw;
      if (!isPlainObject(source)) return wrong(problems, path, expected, raw);
      for (const key of Object.keys(source)) {
        if (Object.hasOwn(fields, key)) continue;
        const near = nearest(key, keys);
        const hint =
          near === undefined ? `known keys: ${keys.join(", ")}` : `did you mean ${near}?`;
        problems.push({ path: [...path, key], expected: "a known key", found: show(key), hint });
      }
      const entries = Object.entries(fields).map(([key, field]) => [
        key,
        readOrFallback(field, ownValue(source, key), [...path, key], problems),
      ]);
      return Object.fromEntries(entries) as ObjectOf<F>;
    },
    ...fallbackOf(fields),
  };
}

/** An object whose fields all have a fallback may itself be left out. */
function fallbackOf<F extends Fields>(
  fields: F,
): { readonly fallback?: { readonly value: ObjectOf<F> } } {
  const entries: [string, unknown][] = [];
  for (const [key, field] of Object.entries(fields)) {
    if (field.fallback === undefined) return {};
    entries.push([key, field.fallback.value]);
  }
  return { fallback: { value: Object.fromEntries(entries) as ObjectOf<F> } };
}

function readOrFallback<T>(
  setting: Setting<T>,
  raw: unknown,
  path: SettingPath,
  problems: SettingProblem[],
): T | undefined {
  if (raw !== undefined) return setting.read(raw, path, problems);
  if (setting.fallback !== undefined) return setting.fallback.value;
  problems.push({ path, expected: setting.expected, found: "nothing", hint: null });
  return undefined;
}

function numeric(
  expected: string,
  range: Range,
  holds: (value: number) => boolean,
): Setting<number> {
  return leaf(expected, (raw) => {
    if (typeof raw !== "number" || !holds(raw)) return undefined;
    if (range.min !== undefined && raw < range.min) return undefined;
    if (range.max !== undefined && raw > range.max) return undefined;
    return raw;
  });
}

function leaf<T>(
  expected: string,
  parse: (raw: unknown) => T | undefined,
  hintOf: (raw: unknown) => string | null = () => null,
): Setting<T> {
  return {
    expected,
    read(raw, path, problems) {
      const value = parse(raw);
      if (value !== undefined) return value;
      problems.push({ path, expected, found: show(raw), hint: hintOf(raw) });
      return undefined;
    },
  };
}

function wrong(
  problems: SettingProblem[],
  path: SettingPath,
  expected: string,
  raw: unknown,
): undefined {
  problems.push({ path, expected, found: show(raw), hint: null });
  return undefined;
}

function rangeText({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}

/** A value as a message tells it: short, and of any kind, since it is only known to be wrong. */
function show(raw: unknown): string {
  const shown = shownWhole(raw);
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}

function shownWhole(raw: unknown): string {
  if (raw === undefined) return "nothing";
  if (typeof raw === "string") return JSON.stringify(raw);
  if (raw === null || typeof raw === "number" || typeof raw === "boolean") return `${raw}`;
  if (Array.isArray(raw)) return raw.length === 0 ? "an empty list" : `a list of ${raw.length}`;
  if (!isPlainObject(raw)) return `a ${typeof raw}`;
  const keys = Object.keys(raw);
  return keys.length === 0 ? "an empty map" : `a map of ${keys.join(", ")}`;
}

/** A key that every object inherits is given only where it was written. */
function ownValue(source: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(source, key) ? source[key] : undefined;
}

function isPlainObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}
