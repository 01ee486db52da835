import { START_AGAIN } from "#ports/venue.ts";
import { type Outcome, type Refused, reasonOf } from "./outcome.ts";

/** Why there is no session: credentials refused, displaced for good, or nobody there. */
export type NoToken = {
  readonly kind: "refused" | "displaced" | "unreachable";
  /** What was found. */
  readonly why: string;
  /** The same, with what to do about it while a desk runs. */
  readonly reason: string;
};

const TAKEN =
  "another program or web login uses this ProjectX user and has ended our session three times within ten minutes, " +
  "where one login is expected, so the desk has stopped logging in";

export const DISPLACED: NoToken = {
  kind: "displaced",
  why: TAKEN,
  reason:
    `${TAKEN}; what rests at the venue stays there, and cancels and closes still log in, at most once a minute. ` +
    "End the other login, then run keel reconnect",
};

const LOST =
  "the venue has refused our session more than twice within ten minutes, where a session holds for a day, " +
  "and nobody was seen to log in elsewhere, so the desk logs in more slowly";

/** Sessions that restarts or expiries end: it goes on by itself. */
export const LOST_OFTEN: NoToken = {
  kind: "unreachable",
  why: LOST,
  reason: `${LOST}. If it lasts, look at the firm's status page, and for another program that uses this ProjectX user`,
};

/** What to do with a new key, by the name of the secret that keeps it; null where the configuration gets it itself. */
export function keyHelpFor(secret: string | null): string {
  return secret === null
    ? "put it where connection.key gets it"
    : `keep it with keel secret set ${secret}`;
}

export function refusedToken(refused: Refused, keyHelp = keyHelpFor(null)): NoToken {
  const why = `log-in refused: ${reasonOf(refused)} (${refused.code})`;
  const help = loginHelp(refused.code, keyHelp);
  const then = NEEDS_START.has(refused.code)
    ? START_AGAIN
    : "the desk tries again every minute, and keel reconnect at once";
  return { kind: "refused", why, reason: `${why}; ${help ?? LOOK}; ${then}` };
}

export function unreachableToken(outcome: Exclude<Outcome<unknown>, { kind: "confirmed" }>) {
  const why = `log-in failed: ${reasonOf(outcome)}`;
  const reason = `${why}; the desk keeps trying. If it lasts, look at the network and at connection.api`;
  return { kind: "unreachable", why, reason } as const;
}

const LOOK = "look at the firm's web page";
/** The desk has read the user's name, the key and the address when it began. */
const NEEDS_START: ReadonlySet<number> = new Set([1, 2, 3, 404]);

/** What helps where a log-in is refused, by the code; `keep` says where a new key belongs. Null where nobody knows. */
export function loginHelp(code: number, keep: string): string | null {
  const known: Readonly<Record<number, string>> = {
    1: "look at connection.user, which is the user name of the web page and no e-mail address",
    2: `make a new API key on the firm's web page and ${keep}`,
    3: `make a new API key on the firm's web page and ${keep}`,
    7: "sign the agreements on the firm's web page",
    9: "API access is bought apart: see the API subscription on the firm's web page",
    10: "allow log-in by API key on the firm's web page",
    404: "look at connection.api, the URL of the gateway",
  };
  return known[code] ?? null;
}
