import type { SessionReport } from "./report.ts";
import type { Session } from "./session.ts";
import { VenueTakenError, VenueUnreachedError } from "./venue-errors.ts";

/** What ends a session, or the wait for it to begin. */
export type AttachedEnd =
  | { readonly kind: SessionReport["stopped"] | "displaced" }
  | { readonly kind: "unreached"; readonly reason: string | null };

/** The report of a session that has ended, or the error that says why there is none. */
export function endOf(session: Session, end: AttachedEnd, venue: string): SessionReport {
  switch (end.kind) {
    case "asked":
    case "endOfData":
      return session.end(end.kind);
    case "displaced":
      session.loop.release();
      throw new VenueTakenError(venue);
    case "unreached":
      throw new VenueUnreachedError(venue, end.reason);
  }
}
