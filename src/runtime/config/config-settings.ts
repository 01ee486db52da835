import type { PlainData } from "#core/domain/plain-data.ts";
import type { Setting, SettingPath, SettingProblem } from "#core/domain/settings.ts";
import { type EpochMs, epochMs } from "#core/domain/units.ts";

/** A value and where it stands, for checks that look at several values together. */
export type Located<T> = { readonly path: SettingPath; readonly value: T };

export function located<T>(setting: Setting<T>): Setting<Located<T>> {
  return {
    expected: setting.expected,
    read(raw, path, problems) {
      const value = setting.read(raw, path, problems);
      return value === undefined ? undefined : { path, value };
    },
  };
}

/** Checks a value and keeps what was written: the core reads it once more, with the same description. */
export function asWritten(setting: Setting<unknown>): Setting<PlainData> {
  return {
    expected: setting.expected,
    read(raw, path, problems) {
      const before = problems.length;
      const value = setting.read(raw ?? {}, path, problems);
      if (value === undefined || problems.length > before) return undefined;
      return (raw ?? {}) as PlainData;
    },
  };
}

/** Looks at a value that is right by itself: how its parts fit together. */
export function refined<T>(
  setting: Setting<T>,
  check: (value: T, path: SettingPath) => readonly SettingProblem[],
): Setting<T> {
  return {
    ...setting,
    read(raw, path, problems) {
      const before = problems.length;
      const value = setting.read(raw, path, problems);
      if (value === undefined || problems.length > before) return value;
      problems.push(...check(value, path));
      return value;
    },
  };
}

/** An instant with its zone, in ISO 8601: `2013-10-07T22:00:00Z`. */
export function instant(): Setting<EpochMs> {
  const expected = "an instant such as 2013-10-07T22:00:00Z";
  return {
    expected,
    read(raw, path, problems) {
      const at = typeof raw === "string" ? instantOf(raw) : undefined;
      if (at !== undefined) return at;
      const isLocal = typeof raw === "string" && /^\d{4}-\d{2}-\d{2}/u.test(raw);
      const hint = isLocal ? "write date, time and zone; Z is UTC" : null;
      problems.push({ path, expected, found: JSON.stringify(raw), hint });
      return undefined;
    },
  };
}

/** A short text without spaces, as ids are. */
export function idText(what: string): Setting<string> {
  const expected = `${what} of 1 to 64 printable characters without spaces`;
  return {
    expected,
    read(raw, path, problems) {
      if (typeof raw === "string" && /^[\x21-\x7e]{1,64}$/u.test(raw)) return raw;
      problems.push({ path, expected, found: JSON.stringify(raw), hint: null });
      return undefined;
    },
  };
}

function instantOf(text: string): EpochMs | undefined {
  try {
    return epochMs(Temporal.Instant.from(text).epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The problem, unless what must hold does. */
export function wrongUnless<P>(holds: boolean, problem: P): readonly P[] {
  return holds ? [] : [problem];
}
