import { type Socket, connect } from "node:net";
import { encode } from "#core/desk/codec.ts";
import type { VenueCommand } from "#core/desk/command.ts";
import { LineReader } from "#core/desk/line-reader.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { LocalAddress } from "#ports/local-address.ts";
import { readVenueLine } from "#ports/read-venue-lines.ts";
import { type Greeting, VENUE_PROTOCOL, type VenueLine } from "#ports/venue-lines.ts";
import type { FeedEvent, OnFeed, Venue } from "#ports/venue.ts";
import { WireError } from "#ports/wire.ts";
import { backoffMs } from "#venues/net/backoff.ts";

/** The venue tells the time many times a second; one that is silent for so long is gone. */
const SILENCE_MAX_MS = 5_000;
const SILENCE_CHECKED_EVERY_MS = 1_000;
/** A snapshot of a busy account is one line. */
const LINE_MAX = 67_108_864;
const DISPLACED = "another desk has taken this one's place at the venue";

export type LinkParts = {
  readonly address: LocalAddress;
  readonly clock: Clock;
  /** From 0 up to 1; spreads the attempts to come back. */
  readonly random: () => number;
  readonly onFeed: OnFeed;
};

/**
 * The desk's link to a simulated venue that runs as a process of its own. It comes back by itself after every
 * failure, and does not when another desk has taken its place. Commands given while it is down are not sent: nobody
 * knows what became of them until the venue has been asked (R3).
 */
export class SimulatedLink implements Venue {
  readonly #parts: LinkParts;
  readonly #closing = new AbortController();
  readonly #stopWatch: () => void;
  readonly #ended: Promise<void>;
  #socket: Socket | null = null;
  /** Unknown until the first attempt has ended one way or the other. */
  #state: "unknown" | "up" | "down" = "unknown";
  #heardMs = 0;
  #failures = 0;
  #lastAt = 0 as EpochMs;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#stopWatch = parts.clock.every(SILENCE_CHECKED_EVERY_MS, () => this.#checkSilence());
    this.#ended = this.#stayConnected();
  }

  readonly send = (command: VenueCommand): void => {
    if (this.#state === "up") this.#socket?.write(`${encode(command)}\n`);
  };

  readonly close = async (): Promise<void> => {
    this.#closing.abort();
    this.#stopWatch();
    this.#socket?.destroy();
    await this.#ended;
  };

  async #stayConnected(): Promise<void> {
    const { clock, random } = this.#parts;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const reason = await this.#connection();
      if (signal.aborted) return;
      this.#goDown(reason);
      if (reason === DISPLACED) return;
      this.#failures += 1;
      await clock.sleep(backoffMs(this.#failures, random()), signal);
    }
  }

  /** One connection from its beginning to its end; why it ended. */
  #connection(): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(this.#parts.address);
      const reader = new LineReader(LINE_MAX);
      let reason = "the venue has closed the connection";
      const greeting: Greeting = { kind: "hello", protocol: VENUE_PROTOCOL, role: "desk" };
      this.#socket = socket;
      this.#heardMs = this.#parts.clock.monotonicMs();
      socket.setEncoding("utf8");
      socket.setNoDelay(true);
      socket.on("connect", () => socket.write(`${encode(greeting)}\n`));
      socket.on("error", (error) => (reason = error.message));
      socket.on("close", () => resolve(reason));
      socket.on("data", (chunk: string) => {
        const broken = reader.isTooLong ? "a line without end" : this.#take(reader.take(chunk));
        if (broken === undefined) return;
        reason = broken;
        socket.destroy();
      });
    });
  }

  /** Passes on what came; returns why the connection must end, if it must. */
  #take(lines: readonly string[]): string | undefined {
    this.#heardMs = this.#parts.clock.monotonicMs();
    const events: FeedEvent[] = [];
    const broken = this.#read(lines, events);
    if (events.length > 0) this.#parts.onFeed(events);
    return broken;
  }

  #read(lines: readonly string[], events: FeedEvent[]): string | undefined {
    try {
      for (const text of lines) {
        const line = readVenueLine(text);
        if (line.kind === "refused") return `the venue refused: ${line.reason}`;
        if (line.kind === "displaced") return DISPLACED;
        this.#note(line, events);
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return `a line of the venue cannot be read: ${error.message}`;
    }
  }

  #note(line: Exclude<VenueLine, { kind: "refused" | "displaced" }>, events: FeedEvent[]): void {
    switch (line.kind) {
      case "hello":
        return this.#goUp(line, events);
      case "clock":
        this.#lastAt = line.at;
        events.push({ kind: "timePassed", at: line.at });
        return;
      case "tradeTick":
      case "quote":
      case "orderReported":
      case "accountReported":
      case "marketEnded":
        events.push(line);
    }
  }

  #goUp(greeting: Extract<VenueLine, { kind: "hello" }>, events: FeedEvent[]): void {
    const { now, laps, protocol, replaced } = greeting;
    if (protocol !== VENUE_PROTOCOL) {
      throw new WireError(`protocol: expected ${VENUE_PROTOCOL}, found ${protocol}`);
    }
    this.#state = "up";
    this.#failures = 0;
    this.#lastAt = now;
    events.push({ kind: "venueGreeted", now, laps, replaced });
    events.push({ kind: "linkChanged", at: now, up: true, reason: "connected" });
  }

  #goDown(reason: string): void {
    const wasDown = this.#state === "down";
    this.#state = "down";
    this.#socket = null;
    if (wasDown) return;
    const down = { kind: "linkChanged", at: this.#lastAt, up: false, reason } as const;
    this.#parts.onFeed(reason === DISPLACED ? [down, { kind: "displaced" }] : [down]);
  }

  #checkSilence(): void {
    if (this.#parts.clock.monotonicMs() - this.#heardMs <= SILENCE_MAX_MS) return;
    this.#socket?.destroy(new Error(`nothing heard for ${SILENCE_MAX_MS / 1000} s`));
  }
}
