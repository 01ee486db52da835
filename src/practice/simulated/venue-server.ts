import type { Socket } from "node:net";
import type { AccountId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import type { Clock } from "#ports/clock.ts";
import { readDeskLine, readGreeting, readObserverLine } from "#ports/read-venue-lines.ts";
import {
  type Greeting,
  type ObservedLine,
  type ObserverLine,
  VENUE_PROTOCOL,
  type VenueGreeting,
  type VenueLine,
} from "#ports/venue-lines.ts";
import { WireError } from "#ports/wire.ts";
import { MarketClock } from "#practice/market/market-clock.ts";
import { clockPace } from "#practice/market/market-pace.ts";
import {
  type MarketListener,
  type MarketParts,
  VenueMarket,
} from "#practice/market/venue-market.ts";
import { VenueAudit, holdingsOf } from "./venue-audit.ts";
import { VenueConnection } from "./venue-connection.ts";

/** Reports held back for a test; more than any test has. */
const HELD_MAX = 100_000;

export type VenueParts = Omit<MarketParts, "pace"> & {
  readonly clock: Clock;
  /** Market seconds per second of the wall. */
  readonly speed: number;
  readonly accounts: readonly AccountId[];
  readonly laps: number;
};

/**
 * The simulated venue for others to connect to: it owns market time and keeps orders and positions while desks come
 * and go. See `venue-lines.ts` for what is said.
 */
export class VenueServer implements MarketListener {
  readonly market: VenueMarket;
  readonly #parts: VenueParts;
  readonly #time: MarketClock;
  readonly #audit = new VenueAudit();
  #desk: VenueConnection | null = null;
  /** A desk that has said hello and is let in between two steps of the market. */
  #waiting: VenueConnection | null = null;
  #toldAt = 0;
  /** Told to every desk that comes after the end of the data, too. */
  #ended: VenueLine | null = null;
  #held: VenueEvent[] | null = null;
  #now: EpochMs;

  constructor(parts: VenueParts) {
    this.#parts = parts;
    const { clock, speed, period } = parts;
    this.#now = period.from;
    this.#time = new MarketClock(clock, speed, period.from);
    this.market = new VenueMarket({ ...parts, pace: clockPace(clock, this.#time) }, this);
  }

  /** Takes a connection; what it is for is told by its first line. */
  serve(socket: Socket): void {
    let onLine = (line: string): void => {
      const { role } = this.#checked(readGreeting(line));
      if (role === "desk") {
        this.#wait(connection, socket);
        onLine = (next) => this.#onDeskLine(next);
      } else {
        answer(this.#greeting(false));
        onLine = (next) => answer(this.#onObserverLine(readObserverLine(next)));
      }
    };
    const connection = new VenueConnection(socket, (line) => onLine(line));
    const answer = (line: ObservedLine): void => {
      connection.tell(line);
      connection.flush();
    };
  }

  readonly onHistory: MarketListener["onHistory"] = () => {
    // The market is all there is to know of it.
  };

  readonly onLine: MarketListener["onLine"] = (line) => {
    if (line.kind === "marketEnded") this.#ended = line;
    this.#desk?.tell(line);
  };

  readonly onReport: MarketListener["onReport"] = (event) => {
    this.#audit.noteReport(event);
    if (event.kind === "linkChanged") return;
    if (this.#held === null) this.#desk?.tell(event);
    else if (this.#held.length < HELD_MAX) this.#held.push(event);
  };

  readonly onStep: MarketListener["onStep"] = (at) => {
    this.#now = at;
    if (at > this.#toldAt) this.#desk?.tell({ kind: "clock", at });
    this.#toldAt = Math.max(this.#toldAt, at);
    if (this.#waiting !== null) this.#letIn(this.#waiting);
    this.#desk?.flush();
  };

  #checked(greeting: Greeting): Greeting {
    if (greeting.protocol === VENUE_PROTOCOL) return greeting;
    throw new WireError(
      `protocol: expected ${VENUE_PROTOCOL}, found ${greeting.protocol}; start desk and venue from one release`,
    );
  }

  #wait(connection: VenueConnection, socket: Socket): void {
    this.#waiting?.end({ kind: "displaced" });
    this.#waiting = connection;
    this.market.wake();
    socket.on("close", () => {
      if (this.#desk === connection) this.#desk = null;
      if (this.#waiting === connection) this.#waiting = null;
    });
  }

  /** What was held for the desk before is lost to this one, as on a real link. */
  #letIn(connection: VenueConnection): void {
    const replaced = this.#desk !== null;
    this.#desk?.end({ kind: "displaced" });
    this.#desk = connection;
    this.#waiting = null;
    if (this.#held !== null) this.#held = [];
    connection.tell(this.#greeting(replaced));
    if (this.#ended !== null) connection.tell(this.#ended);
  }

  #greeting(replaced: boolean): VenueGreeting {
    const { laps } = this.#parts;
    return { kind: "hello", protocol: VENUE_PROTOCOL, now: this.#now, laps, replaced };
  }

  #onDeskLine(line: string): void {
    const { venue, clock } = this.#parts;
    const command = readDeskLine(line);
    if (command.kind === "submitOrder") this.#audit.noteSubmit(command, clock.now());
    venue.handle(command, this.#time.now());
    this.market.wake();
  }

  #onObserverLine(line: ObserverLine): ObservedLine {
    const { venue, accounts } = this.#parts;
    switch (line.kind) {
      case "holdings":
        return holdingsOf(venue, accounts, this.#now);
      case "orders":
        return this.#audit.orders();
      case "setSpeed":
        if (!(line.speed > 0)) throw new WireError(`speed: expected above 0, found ${line.speed}`);
        this.#time.setSpeed(line.speed);
        this.market.wake();
        return { kind: "done" };
      case "setHold":
        this.#setHold(line.hold);
        return { kind: "done" };
    }
  }

  #setHold(hold: boolean): void {
    if (hold) {
      this.#held ??= [];
      return;
    }
    for (const event of this.#held ?? []) {
      if (event.kind !== "linkChanged") this.#desk?.tell(event);
    }
    this.#held = null;
    this.#desk?.flush();
  }
}
