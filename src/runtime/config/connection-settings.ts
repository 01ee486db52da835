import {
  type Setting,
  type SettingPath,
  type SettingProblem,
  type SettingValue,
  choice,
  duration,
  list,
  nullable,
  object,
  optional,
  text,
} from "#core/domain/settings.ts";
import type { DurationMs } from "#core/domain/units.ts";
import { secretName } from "#ports/secrets.ts";
import type { SecretRef } from "#runtime/session-plan.ts";
import { refined } from "./config-settings.ts";
import { symbolSetting } from "./symbol-setting.ts";

/** Two trading days and a weekend between them. */
const WARM_UP_MS = (4 * 86_400_000) as DurationMs;

/** How a session reaches its venue. Where a secret is named, its text is read only when it is needed. */
export const connectionSetting = refined(
  object({
    venue: choice("projectx", "projectx-practice"),
    api: text("the URL of the gateway, such as https://api.topstepx.com"),
    hubs: nullable(text("the URL of the hubs, such as https://rtc.topstepx.com")),
    user: text("the user name of the API key"),
    key: secretSetting(),
    brackets: optional(choice("desk", "venue"), "desk"),
    /** Products to look at besides those of the bots. */
    instruments: optional(list(symbolSetting()), []),
    warmUp: optional(duration(), WARM_UP_MS),
    reconcile: object({
      idle: optional(duration("1s"), 60_000 as DurationMs),
      exposed: optional(duration("1s"), 10_000 as DurationMs),
    }),
  }),
  (connection, path) => [
    ...urlProblems(connection.api, [...path, "api"], connection.venue),
    ...(connection.hubs === null
      ? []
      : urlProblems(connection.hubs, [...path, "hubs"], connection.venue)),
  ],
);

export type ConnectionSettings = SettingValue<typeof connectionSetting>;

/** The host of the hubs beside a host of the gateway: `rtc.` for `api.`; a practice gateway has one for both. */
export function hubUrlOf({ api, hubs }: Pick<ConnectionSettings, "api" | "hubs">): string {
  return trimmed(hubs ?? api.replace(/^(https?:\/\/)api\./u, "$1rtc."));
}

export function trimmed(url: string): string {
  return url.replace(/\/+$/u, "");
}

function secretSetting(): Setting<SecretRef> {
  const expected = "a secret as { secret: NAME } (see keel secret set) or ${VARIABLE}";
  const named = object({ secret: nameSetting() });
  return {
    expected,
    read(raw, path, problems) {
      if (typeof raw === "string" && raw.length > 0) return { text: raw };
      if (typeof raw === "object" && raw !== null) return named.read(raw, path, problems);
      problems.push({ path, expected, found: "something else", hint: null });
      return undefined;
    },
  };
}

function nameSetting(): Setting<string> {
  const expected = "the name of a secret, as keel secret list shows it";
  return {
    expected,
    read(raw, path, problems) {
      try {
        if (typeof raw === "string") return secretName(raw);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      // What stands here may be the secret itself.
      const hint = "letters, digits, - and _";
      problems.push({ path, expected, found: "something else", hint });
      return undefined;
    },
  };
}

/** Real money goes over encrypted lines; a practice gateway is on this machine. */
function urlProblems(
  url: string,
  path: SettingPath,
  venue: "projectx" | "projectx-practice",
): readonly SettingProblem[] {
  const isPractice = venue === "projectx-practice";
  const expected = isPractice
    ? "a URL of this machine, such as http://127.0.0.1:7610"
    : "a URL that begins with https://";
  const isRight = isPractice ? isLoopback(url) : /^https:\/\/[^/]/u.test(url) && URL.canParse(url);
  return isRight ? [] : [{ path, expected, found: JSON.stringify(url), hint: null }];
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}
