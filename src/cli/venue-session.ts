import type { Clock } from "#ports/clock.ts";
import type { SendHttp } from "#ports/http.ts";
import type { ConnectionPlan } from "#runtime/session-plan.ts";
import { logIn } from "#venues/projectx/lookups.ts";
import { reasonOf } from "#venues/projectx/outcome.ts";
import { type ProjectXSession, openSession } from "#venues/projectx/session.ts";
import type { Token } from "#venues/projectx/token.ts";
import { addressOf } from "./projectx-remote.ts";
import { type Asker, VenueDownError, loginFailure } from "./venue-failure.ts";

/** A session at a venue without a desk: for looking things up. */
export type VenueSession = {
  readonly session: ProjectXSession;
  readonly token: Token;
  readonly asker: Asker;
  readonly close: () => void;
};

export type VenueSessionParts = {
  readonly clock: Clock;
  readonly http: { readonly send: SendHttp; readonly close: () => void };
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly apiKey: string;
};

/**
 * Logs in, which ends any other session of the user. Throws `VenueDownError`, `VenueRefusedError` or
 * `VenueSessionTakenError`; closes what it opened then.
 */
export async function openVenueSession(
  { clock, http, random, signal, apiKey }: VenueSessionParts,
  connection: ConnectionPlan,
): Promise<VenueSession> {
  const { apiUrl, userName, apiKey: ref } = connection;
  const secret = "secret" in ref ? ref.secret : null;
  const asker = { venue: apiUrl, user: userName, secret };
  const address = addressOf(connection, apiKey);
  const opened = await openSession({ address, http: http.send, clock, random, signal });
  if (opened.kind !== "confirmed") {
    http.close();
    throw new VenueDownError(`Expected a gateway at ${apiUrl}, found none (${reasonOf(opened)})`);
  }
  const session = opened.value;
  const close = (): void => {
    session.close();
    http.close();
  };
  const token = await logIn(session);
  if (!("kind" in token)) return { session, token, asker, close };
  close();
  throw loginFailure(token, asker);
}
