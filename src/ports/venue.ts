import type { VenueCommand } from "#core/desk/command.ts";

/** What a venue tells the desk: reports about orders, answers to snapshot requests, the state of the link. */
export type { VenueEvent } from "#core/matching/venue-event.ts";

/**
 * Where orders execute. `send` hands over one durable command and never throws for what the venue may answer:
 * refusals and silence come back as events (R3).
 */
export type Venue = {
  readonly send: (command: VenueCommand) => void;
  readonly close: () => Promise<void>;
};
