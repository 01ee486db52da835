import type { DurationMs, EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import { HttpFailure, type SendHttp } from "#ports/http.ts";
import { ClockSkew } from "./clock-skew.ts";
import { readHttpDate } from "./http-date.ts";
import type { Outcome } from "./outcome.ts";
import { PRACTICE_TIME } from "./practice-pace.ts";
import { parseJson } from "./read-answer.ts";
import { RestClient } from "./rest-client.ts";
import { type Credentials, TokenKeeper } from "./token-keeper.ts";
import { ToldClock, type VenueClock, WallClock } from "./venue-clock.ts";

/** Where a ProjectX firm is, and who we are there. `practice` is a gateway that owns time. */
export type ProjectXAddress = {
  readonly kind: "projectx" | "projectx-practice";
  /** Without `/api`. */
  readonly apiUrl: string;
  readonly userHubUrl: string;
  readonly marketHubUrl: string;
  readonly credentials: Credentials;
  /** What to do with a new key, where the desk knows. */
  readonly keyHelp?: string;
};

export type SessionParts = {
  readonly address: ProjectXAddress;
  readonly http: SendHttp;
  readonly clock: Clock;
  /** From 0 up to 1; spreads attempts. */
  readonly random: () => number;
  /** The wall clock was set by so much. */
  readonly onClockJump?: (byMs: number) => void;
  /** The venue refuses requests as too many; what can wait waits for so long. */
  readonly onLimited?: (pauseMs: number) => void;
  /** See `RestParts`; absent where nothing is ordered. */
  readonly answerTimeout?: DurationMs;
  /** Gives up what is under way. */
  readonly signal: AbortSignal;
};

const ANSWER_MS = 10_000 as DurationMs;

/** The time of a venue, a session there, and requests in it. */
export type ProjectXSession = {
  readonly venueClock: VenueClock;
  /** Null for a venue whose time is the wall's. */
  readonly told: ToldClock | null;
  readonly isLockstep: boolean;
  readonly tokens: TokenKeeper;
  readonly rest: RestClient;
  readonly skew: ClockSkew;
  /** An instant that is certainly past at the venue. */
  readonly surelyPast: () => EpochMs;
  /** Asks a practice gateway for its time, which no hub tells now; a real venue's is known. */
  readonly askTime: () => Promise<void>;
  /** Asks whether anybody is there; keeps a connection open. */
  readonly ping: () => Promise<void>;
  readonly close: () => void;
};

/** Finds out the time of the venue; nothing is logged in yet. Unknown when nobody is there. */
export async function openSession(parts: SessionParts): Promise<Outcome<ProjectXSession>> {
  const { address, clock, onClockJump } = parts;
  if (address.kind === "projectx") {
    const wall = new WallClock(clock, (byMs) => onClockJump?.(byMs));
    return { kind: "confirmed", value: sessionOver(parts, wall, null) };
  }
  const time = await practiceTime(parts);
  if (time.kind !== "confirmed") return time;
  const told = new ToldClock(time.value.now);
  const session = sessionOver(parts, told, told);
  const askTime = async (): Promise<void> => {
    const again = await practiceTime(parts);
    if (again.kind === "confirmed") told.tell(again.value.now);
  };
  return { kind: "confirmed", value: { ...session, askTime, isLockstep: time.value.lockstep } };
}

function sessionOver(
  { address, http, clock, random, signal, onLimited, answerTimeout = ANSWER_MS }: SessionParts,
  venueClock: VenueClock,
  told: ToldClock | null,
): ProjectXSession {
  const { apiUrl, credentials, keyHelp } = address;
  const skew = new ClockSkew();
  const onDate = (date: EpochMs, askedAt: EpochMs): void => {
    // A practice gateway stamps its answers with the wall's time.
    if (told === null) skew.noteDate(date, askedAt, venueClock.now());
  };
  const tellLimited = (pauseMs: number): void => onLimited?.(pauseMs);
  const shared = { apiUrl, http, clock, venueClock };
  const tokens = new TokenKeeper({ ...shared, credentials, random, keyHelp });
  const rest = new RestClient({ ...shared, answerTimeout, tokens, onDate, onLimited: tellLimited });
  return {
    venueClock,
    told,
    isLockstep: false,
    askTime: () => Promise.resolve(),
    tokens,
    rest,
    skew,
    surelyPast: () => (venueClock.now() - skew.aheadAtMostMs) as EpochMs,
    ping: async () => {
      const askedAt = venueClock.now();
      const answer = await get({ http, clock, signal }, `${apiUrl}/api/Status/ping`);
      if (answer.kind === "confirmed" && answer.value.date !== null) {
        onDate(answer.value.date, askedAt);
      }
    },
    close: () => {
      tokens.close();
      rest.close();
    },
  };
}

async function practiceTime(parts: SessionParts) {
  const url = `${parts.address.apiUrl}/practice/time`;
  const answer = await get(parts, url);
  if (answer.kind !== "confirmed") return answer;
  const read = PRACTICE_TIME.safeParse(parseJson(answer.value.body));
  if (read.success) return { kind: "confirmed", value: read.data } as const;
  return { kind: "unknown", reason: `${url} is not of a practice gateway` } as const;
}

/** Something that needs no session. */
async function get(
  { http, clock, signal: closing }: Pick<SessionParts, "http" | "clock" | "signal">,
  url: string,
): Promise<Outcome<{ readonly body: string; readonly date: EpochMs | null }>> {
  const answered = new AbortController();
  const giveUp = new AbortController();
  const ended = AbortSignal.any([answered.signal, closing]);
  void clock.sleep(ANSWER_MS, ended).then(() => giveUp.abort());
  try {
    const request = { method: "GET", url, headers: {}, body: "", signal: giveUp.signal } as const;
    const { status, headers, body } = await http(request);
    if (status !== 200) return { kind: "unknown", reason: `${url} answered HTTP ${status}` };
    return { kind: "confirmed", value: { body, date: readHttpDate(headers["date"]) } };
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return { kind: "unknown", reason: `${url}: ${error.message}` };
  } finally {
    answered.abort();
  }
}
