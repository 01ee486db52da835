import type { EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { FeedTeller } from "./feed-teller.ts";
import type { HubEnd } from "./hub-keeper.ts";
import type { HubName } from "./practice-pace.ts";

/** Two comparisons that nobody asked for are at least so far apart. */
const DOUBT_EVERY_MS = 2_000;

export type LinkStateParts = {
  readonly clock: Clock;
  /** Whether both hubs are subscribed. */
  readonly isUp: () => boolean;
  /** The instant up to which market data have been told. */
  readonly now: () => EpochMs;
  readonly teller: FeedTeller;
};

/** Whether the link stands, told once per change. Every time it comes up the desk compares itself with the venue. */
export class LinkState {
  readonly #parts: LinkStateParts;
  /** Why hubs are down, by hub. */
  readonly #problems = new Map<HubName, HubEnd>();
  #told: "nothing" | "up" | "down" = "nothing";
  #reason = "connecting";
  #doubt: string | null = null;
  #doubtedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: LinkStateParts) {
    this.#parts = parts;
  }

  get isUp(): boolean {
    return this.#told === "up";
  }

  get reason(): string {
    return this.#reason;
  }

  /** A hub was subscribed. */
  hubUp(hub: HubName): void {
    this.#problems.delete(hub);
    this.#goUp();
  }

  /** A hub is gone, or was tried in vain. */
  hubDown(hub: HubName, end: HubEnd): void {
    this.#problems.set(hub, end);
    this.#goDown(problemText(this.#problems));
  }

  /** What was told may be wrong: no entries until the desk has compared itself with the venue (R13). */
  doubt(reason: string): void {
    this.#doubt ??= reason;
    this.look();
  }

  look(): void {
    const { clock } = this.#parts;
    if (this.#doubt === null) return;
    if (!this.isUp) this.#doubt = null;
    else if (clock.monotonicMs() - this.#doubtedMs >= DOUBT_EVERY_MS) {
      this.#doubtedMs = clock.monotonicMs();
      const reason = this.#doubt;
      this.#doubt = null;
      this.#parts.teller.doubted(this.#parts.now(), reason);
    }
  }

  #goUp(): void {
    if (this.isUp || !this.#parts.isUp()) return;
    this.#told = "up";
    this.#reason = "connected";
    this.#parts.teller.up(this.#parts.now());
  }

  #goDown(reason: string): void {
    const isNews = this.#told !== "down" || this.#reason !== reason;
    this.#told = "down";
    this.#reason = reason;
    if (isNews) this.#parts.teller.down(reason);
  }
}

const HUBS = ["market", "user"] as const;
const LOST: Readonly<Record<HubName, string>> = {
  market: "no prices arrive",
  user: "nobody tells what becomes of orders",
};

/** For whoever is woken by it. Without a session no hub can be subscribed, so that is said alone. */
function problemText(problems: ReadonlyMap<HubName, HubEnd>): string {
  const session = [...problems.values()].find(({ of }) => of === "session");
  if (session !== undefined) return session.reason;
  const hubs = HUBS.flatMap((name) => {
    const end = problems.get(name);
    return end === undefined ? [] : [{ name, text: `the ${name} hub (${end.reason})` }];
  });
  const texts = hubs.map(({ text }) => text);
  const [only] = hubs;
  if (hubs.length === 1 && only !== undefined) {
    return `${only.text} is not connected, so ${LOST[only.name]}; the desk keeps trying`;
  }
  return `neither ${texts.join(" nor ")} is connected; the desk keeps trying. If it lasts, look at the network and at the firm's status page`;
}
