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
  /** What kind of problem was told last. */
  #kind: string | null = null;
  /** A hub that was silent is connected anew, while the link stands for whoever trades. */
  #isRenewing = false;
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
    this.#goDown();
  }

  /** A hub is connected anew because nothing came: once it is up, what was missed is looked for. */
  renewing(): void {
    this.#isRenewing = true;
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
    if ((this.isUp && !this.#isRenewing) || !this.#parts.isUp()) return;
    this.#isRenewing = false;
    this.#told = "up";
    this.#reason = "connected";
    this.#parts.teller.up(this.#parts.now());
  }

  /** Told with its first reason: the errors of sockets differ from one attempt to the next, and mean the same. */
  #goDown(): void {
    const kind = kindOf(this.#problems);
    if (this.#told === "down" && this.#kind === kind) return;
    this.#told = "down";
    this.#kind = kind;
    this.#reason = problemText(this.#problems);
    this.#parts.teller.down(this.#reason);
  }
}

const HUBS = ["market", "user"] as const;
const LOST: Readonly<Record<HubName, string>> = {
  market: "no prices arrive",
  user: "nobody tells what becomes of orders",
};

/** Without a session no hub can be subscribed, so that is the problem. */
function sessionProblem(problems: ReadonlyMap<HubName, HubEnd>): HubEnd | undefined {
  return [...problems.values()].find(({ of }) => of === "session" || of === "gateway");
}

function kindOf(problems: ReadonlyMap<HubName, HubEnd>): string {
  const session = sessionProblem(problems);
  if (session === undefined) return HUBS.filter((hub) => problems.has(hub)).join(" ");
  return session.of === "gateway" ? session.of : session.reason;
}

/** For whoever is woken by it. */
function problemText(problems: ReadonlyMap<HubName, HubEnd>): string {
  const session = sessionProblem(problems);
  if (session !== undefined) return session.reason;
  const [only, ...others] = HUBS.filter((hub) => problems.has(hub));
  const reasons = [...new Set([...problems.values()].map(({ reason }) => reason))].join(", ");
  if (only !== undefined && others.length === 0) {
    return `the ${only} hub is not connected (${reasons}), so ${LOST[only]}; the desk keeps trying`;
  }
  return `neither the market hub nor the user hub is connected (${reasons}); the desk keeps trying. If it lasts, look at the network and at the firm's status page`;
}
