import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { CME_ROLL, nextRoll } from "#core/domain/trading-day.ts";
import { type DurationMs, NO_MONEY, epochMs } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import { localAddress } from "#ports/local-address.ts";
import { readObservedLine, readVenueLine } from "#ports/read-venue-lines.ts";
import {
  type ObservedLine,
  type ObserverLine,
  VENUE_PROTOCOL,
  type VenueLine,
} from "#ports/venue-lines.ts";
import { serveVenue } from "#practice/simulated/serve-venue.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { ACCOUNT, GOLD, OPENING } from "./builders.ts";
import { LineClient } from "./line-client.ts";
import { type Row, memorySource } from "./memory-source.ts";

const NO_TIME = 0 as DurationMs;

export type PracticeVenue = {
  /** As people write it. */
  readonly address: string;
  readonly desk: () => LineClient<VenueLine>;
  readonly observer: () => Observer;
  /** A connection that has not said who it is. */
  readonly stranger: () => LineClient<VenueLine>;
  readonly stop: () => Promise<void>;
};

type Served = {
  readonly rows?: readonly Row[];
  /** Market milliseconds from the opening to the end of the data. */
  readonly lengthMs?: number;
  readonly speed?: number;
  readonly address?: string;
};

/** A simulated venue that listens on a socket, in this process; it and its folder are gone when the test ends. */
export async function practiceVenue(served: Served = {}): Promise<PracticeVenue> {
  const address = served.address ?? join(temporaryFolder(), "venue.sock");
  const stop = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((listening, failed) => {
    const service = { address: localAddress(address), onListening: listening, stop: stop.signal };
    ended = serveVenue(partsOf(served), service);
    ended.catch(failed);
  });
  const end = () => {
    stop.abort();
    return ended;
  };
  onTestFinished(end);
  return {
    address,
    desk: () => greeted(client(address, readVenueLine), "desk"),
    observer: () => new Observer(address),
    stranger: () => client(address, readVenueLine),
    stop: end,
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "keel-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Asks the venue what it holds, one question at a time. */
export class Observer {
  readonly #client: LineClient<ObservedLine>;

  constructor(address: string) {
    this.#client = greeted(client(address, readObservedLine), "observer");
  }

  async ask<K extends ObservedLine["kind"]>(
    question: ObserverLine,
    expected: K,
  ): Promise<Extract<ObservedLine, { kind: K }>> {
    await this.#client.heard("the greeting", (line) => line.kind === "hello");
    const before = this.#client.lines.length;
    this.#client.say(question);
    return this.#client.heard(
      `the answer to ${question.kind}`,
      (line): line is Extract<ObservedLine, { kind: K }> =>
        this.#client.lines.indexOf(line) >= before && line.kind === expected,
    );
  }
}

function client<L>(address: string, read: (text: string) => L): LineClient<L> {
  const connected = new LineClient(localAddress(address), read);
  onTestFinished(() => connected.close());
  return connected;
}

function greeted<L>(client: LineClient<L>, role: "desk" | "observer"): LineClient<L> {
  client.say({ kind: "hello", protocol: VENUE_PROTOCOL, role });
  return client;
}

/** One account, gold, no fees; nothing takes time on the way. */
function partsOf({ rows = [], lengthMs = 3_600_000, speed = 1 }: Served) {
  return {
    clock: realClock,
    speed,
    venue: new SimulatedVenue({
      accounts: [ACCOUNT],
      instruments: [GOLD.id],
      latency: { toVenueMs: NO_TIME, toDeskMs: NO_TIME },
      fillModel: DEFAULT_FILL_MODEL,
      isOpen: () => true,
      dayEnd: (_instrument, at) => nextRoll(at, CME_ROLL),
      feeOf: () => NO_MONEY,
      bracketLegs: "plain",
      idPrefix: "",
    }),
    source: memorySource(GOLD.id, rows),
    period: { historyFrom: OPENING, from: OPENING, until: epochMs(OPENING + lengthMs) },
    accounts: [ACCOUNT],
    laps: 1,
  };
}
