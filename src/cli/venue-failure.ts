import { type NoToken, keyHelpFor, loginHelp } from "#venues/projectx/no-token.ts";
import { type Outcome, reasonOf } from "#venues/projectx/outcome.ts";
import type { ProjectXSession } from "#venues/projectx/session.ts";
import { printable } from "./table.ts";

/** The venue is there and does not let us in, or does not answer a question. The message says what to do. */
export class VenueRefusedError extends Error {
  override readonly name = "VenueRefusedError";
}

/** Nobody answers where the venue should be. */
export class VenueDownError extends Error {
  override readonly name = "VenueDownError";
}

/** Another program or web login has taken the session while it was needed. */
export class VenueSessionTakenError extends Error {
  override readonly name = "VenueSessionTakenError";
}

/** A desk holds the session of this user at the venue, and cannot answer instead. */
export class DeskHoldsVenueError extends Error {
  override readonly name = "DeskHoldsVenueError";
}

/** Who asked where, for messages. */
export type Asker = {
  readonly venue: string;
  readonly user: string;
  /** How the key is kept: the name of its secret, or null where the configuration got it itself. */
  readonly secret: string | null;
};

/** Why a log-in failed, and what helps. */
export function loginFailure({ kind, why: found }: NoToken, asker: Asker): Error {
  const { venue, user } = asker;
  const text = printable(found);
  switch (kind) {
    case "unreachable":
      return new VenueDownError(`Expected a gateway at ${venue}, found none (${text})`);
    case "displaced":
      return new VenueSessionTakenError(text);
    case "refused": {
      const why = text.replace(/^log-in refused: /u, "");
      return new VenueRefusedError(
        `Expected ${venue} to let ${user} in, found that it refuses: ${why}; ${helpFor(found, asker)}`,
      );
    }
  }
}

/** The value of an answer; throws with the reason where there is none. */
export function confirmed<T>(
  outcome: Outcome<T>,
  { tokens }: Pick<ProjectXSession, "tokens">,
  { venue, user }: Asker,
): T {
  if (outcome.kind === "confirmed") return outcome.value;
  const reason = printable(reasonOf(outcome));
  if (tokens.displaced > 0) {
    throw new VenueSessionTakenError(
      `Expected one login of ${user} at ${venue}, found that another program or web login has taken the session (${reason}); end the other one, and ask again`,
    );
  }
  if (outcome.kind === "refused") {
    throw new VenueRefusedError(`Expected an answer of ${venue}, found a refusal (${reason})`);
  }
  throw new VenueDownError(`Expected an answer of ${venue}, found none (${reason})`);
}

function helpFor(found: string, { secret }: Asker): string {
  const [, code = ""] = /\((\d+)\)$/u.exec(found) ?? [];
  return (
    loginHelp(Number(code), keyHelpFor(secret)) ??
    "look at the firm's web page; attempts are not repeated, since many block the user"
  );
}
