import type { DurationMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { SendHttp } from "#ports/http.ts";
import type { VenueAlert } from "#ports/venue-alert.ts";
import type { OnFeed } from "#ports/venue.ts";
import type { AccountBook, WantedAccount } from "./account-book.ts";
import type { ContractBook, WantedInstrument } from "./contract-book.ts";
import type { ProjectXAddress, ProjectXSession } from "./session.ts";

/** What a link is made of. */
export type ProjectXParts = {
  readonly address: ProjectXAddress;
  readonly accounts: readonly WantedAccount[];
  readonly instruments: readonly WantedInstrument[];
  readonly http: SendHttp;
  readonly clock: Clock;
  /** How long the desk waits for the answer about an order before it takes it for unknown. */
  readonly answerTimeout: DurationMs;
  /** From 0 up to 1; spreads the attempts to come back. */
  readonly random: () => number;
  readonly onFeed: OnFeed;
  readonly onAlert: (alert: VenueAlert) => void;
};

/** What was found when the venue was reached. */
export type Reached = {
  readonly session: ProjectXSession;
  readonly accounts: AccountBook;
  readonly book: ContractBook;
};
