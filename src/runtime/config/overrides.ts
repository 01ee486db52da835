import type { PlainData } from "#core/domain/plain-data.ts";
import { type SettingPath, didYouMean } from "#core/domain/settings.ts";
import type { ConfigProblem } from "./config-problem.ts";
import { plainScalar } from "./config-text.ts";
import type { Places } from "./places.ts";

/** A value given on top of the file, as by `--set bots[0].strategy.params.bars=1m`. */
export type Override = { readonly path: SettingPath; readonly value: PlainData };

/** Reads `path=value`; the value as it would be read in the file. A RangeError says what is wrong. */
export function parseOverride(text: string): Override {
  const cut = text.indexOf("=");
  const path = cut < 0 ? undefined : parsePath(text.slice(0, cut));
  if (path === undefined) {
    throw new RangeError(
      `Expected a path and a value such as accounts.PRACTICE-1.balance=10000 or bots[0].bot.enabled=false, found ${JSON.stringify(text)}`,
    );
  }
  return { path, value: plainScalar(text.slice(cut + 1)) };
}

/** Overrides that change what the file has, and what is wrong with the others: they would add an account or a bot. */
export function soundOverrides(
  root: unknown,
  overrides: readonly Override[],
): { readonly sound: readonly Override[]; readonly problems: readonly ConfigProblem[] } {
  const judged = overrides.map((override) => ({ override, problem: additionIn(root, override) }));
  return {
    sound: judged.flatMap(({ override, problem }) => (problem === undefined ? override : [])),
    problems: judged.flatMap(({ problem }) => problem ?? []),
  };
}

function additionIn(root: unknown, { path }: Override): ConfigProblem | undefined {
  const [first, second] = path;
  if (first === "accounts" && typeof second === "string") {
    const names = Object.keys(isMap(root) && isMap(root["accounts"]) ? root["accounts"] : {});
    if (names.includes(second)) return undefined;
    const expected = `an account of the file (${names.join(", ") || "none"})`;
    return addition([first, second], { expected, hint: didYouMean(second, names) });
  }
  if (first === "bots" && typeof second === "number") {
    const bots: unknown = isMap(root) ? root["bots"] : [];
    const count = Array.isArray(bots) ? bots.length : 0;
    if (second < count) return undefined;
    const known = count === 0 ? "none" : count === 1 ? "bots[0]" : `bots[0] to bots[${count - 1}]`;
    return addition([first, second], { expected: `a bot of the file (${known})`, hint: null });
  }
  return undefined;
}

function addition(
  path: SettingPath,
  { expected, hint }: Pick<ConfigProblem, "expected" | "hint">,
): ConfigProblem {
  const place = { kind: "override" } as const;
  return { kind: "config", place, path, expected, found: "one that is not there", hint };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The values with the overrides in them; maps on the way to a new key are made. */
export function withOverrides(
  root: unknown,
  overrides: readonly Override[],
  places: Places,
): unknown {
  let changed = root;
  for (const { path, value } of overrides) {
    changed = replaced(changed, path, value);
    places.noteOverride(path);
  }
  return changed;
}

function replaced(within: unknown, path: SettingPath, value: PlainData): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (typeof part === "number") {
    const items: readonly unknown[] = Array.isArray(within) ? within : [];
    return Array.from({ length: Math.max(items.length, part + 1) }, (_, index) =>
      index === part ? replaced(items[index], rest, value) : items[index],
    );
  }
  const entries = new Map<string, unknown>(isMap(within) ? Object.entries(within) : []);
  entries.set(part, replaced(entries.get(part), rest, value));
  return Object.fromEntries(entries);
}

/** `bots[0].strategy.params` as its parts; undefined when it is none. */
function parsePath(text: string): SettingPath | undefined {
  const parts: (string | number)[] = [];
  const pattern = /(?:^|\.)([\w-]+)|\[(\d{1,3})\]/gy;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    parts.push(match[1] ?? Number(match[2]));
  }
  return parts.length === 0 ? undefined : parts;
}
