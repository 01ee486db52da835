import type { EpochMs } from "#core/domain/units.ts";

/** The venue's clock is behind the session: it is another venue, or it was started anew from an earlier instant. */
export class VenueTimeError extends Error {
  override readonly name = "VenueTimeError";

  constructor(now: EpochMs, last: EpochMs) {
    const instant = (at: EpochMs) => Temporal.Instant.fromEpochMilliseconds(at).toString();
    super(
      `The venue is at ${instant(now)} and the session has been at ${instant(last)} already. ` +
        "Start the venue with --from that instant, or start a new session",
    );
  }
}

/** The desk was stopped before there was a venue to trade at. */
export class VenueUnreachedError extends Error {
  override readonly name = "VenueUnreachedError";

  constructor(venue: string, reason: string | null) {
    const why = reason === null ? "" : `: ${reason}`;
    super(`The desk ended before it reached the venue at ${venue}${why}. Nothing has happened`);
  }
}

/** Another desk trades where this one did. */
export class VenueTakenError extends Error {
  override readonly name = "VenueTakenError";

  constructor(venue: string) {
    super(
      `Another desk has taken this one's place at the venue at ${venue}, so this one has ended. Positions and orders ` +
        "are at the venue as they were, protective ones too, and the other desk has them now; stop it before you start this one again",
    );
  }
}
