import type { VenueCommand } from "#core/desk/command.ts";
import type { Arming } from "#core/desk/config.ts";
import type { AccountId } from "#core/domain/ids.ts";
import type { OrderReport } from "#core/domain/report.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { skewProblem } from "#ports/clock-skew.ts";
import type { VenueHealth } from "#ports/venue-health.ts";
import type { FeedEvent } from "#ports/venue.ts";
import { AccountEars } from "./account-ears.ts";
import { AccountReader } from "./account-reader.ts";
import type { ContractBook } from "./contract-book.ts";
import { FeedTeller } from "./feed-teller.ts";
import { healthOf } from "./health.ts";
import type { ProjectXParts, Reached } from "./link-parts.ts";
import { LinkState } from "./link-state.ts";
import { MarketHub } from "./market-hub.ts";
import { OrderSender } from "./order-sender.ts";
import { OrderTracker } from "./order-tracker.ts";
import { PracticePace } from "./practice-pace.ts";
import { RollWatch } from "./roll-watch.ts";
import { SnapshotDesk } from "./snapshot-desk.ts";
import { Standings } from "./standings.ts";
import { UserFeed } from "./user-feed.ts";
import { UserHub } from "./user-hub.ts";

/** Time is told so late, because trades take their time to arrive and belong into the bar of their own instant. */
const TOLD_LATE_MS = 250;
const LOOK_EVERY_MS = 100;
const PING_EVERY_MS = 15_000;

/** A venue that was reached: everything that lives from then on, whatever the hubs do. */
export class Connected {
  readonly book: ContractBook;
  readonly #parts: ProjectXParts;
  readonly #reached: Reached;
  readonly #teller: FeedTeller;
  readonly #pace: PracticePace | null;
  readonly #state: LinkState;
  readonly #sender: OrderSender;
  readonly #snapshots: SnapshotDesk;
  readonly #standings: Standings;
  readonly #feed: UserFeed;
  readonly #market: MarketHub;
  readonly #user: UserHub;
  readonly #roll: RollWatch;
  readonly #stopTimers: readonly (() => void)[];
  #busy = 0;
  /** At the last look. */
  #wasUp = false;

  constructor(parts: ProjectXParts, reached: Reached) {
    this.#parts = parts;
    this.#reached = reached;
    this.book = reached.book;
    const { session, accounts, book } = reached;
    const { clock, onAlert, answerTimeout } = parts;
    const { rest, venueClock } = session;
    const latest = session.told === null ? venueClock.now : () => Number.POSITIVE_INFINITY;
    const now = venueClock.now();
    this.#teller = new FeedTeller(now, latest, (events) => this.#tell(events));
    this.#pace = this.#practicePace();
    const tracker = new OrderTracker(book);
    const ears = new AccountEars();
    const tell = (reports: readonly OrderReport[]): void => this.#teller.reports(reports);
    this.#state = new LinkState({
      clock,
      isUp: () => this.#user.isUp && this.#market.isUp,
      now: () => (session.told === null ? this.#late() : venueClock.now()),
      teller: this.#teller,
    });
    const blocked = (): string | null => this.#blocked();
    this.#standings = new Standings({
      rest,
      clock,
      accounts,
      tell: (accountId, canTrade) => this.#teller.standing(accountId, canTrade),
    });
    const orders = { rest, clock, answerTimeout, book, accounts, tracker };
    const onDone = (accountId: AccountId): void => this.#lookAfter(accountId);
    const onViolation = (): void => this.#track(this.#standings.refresh());
    const told = { tell, onDone, onViolation, alert: onAlert };
    this.#sender = new OrderSender({ ...orders, blocked, ...told });
    const { surelyPast } = session;
    const known = { book, tracker, ears, standings: this.#standings };
    const reader = new AccountReader({ rest, clock, surelyPast, ...known });
    const prepare = (priority: "reduce" | "read"): Promise<void> => this.#prepare(priority);
    const telling = { teller: this.#teller, alert: onAlert };
    this.#snapshots = new SnapshotDesk({ reader, accounts, prepare, ...telling });
    const doubt = (reason: string): void => this.#state.doubt(reason);
    this.#feed = new UserFeed({ rest, clock, accounts, ...known, tell, alert: onAlert, doubt });
    const hubs = { parts, reached, pace: this.#pace, state: this.#state };
    this.#market = new MarketHub(hubs, this.#teller);
    this.#user = new UserHub(hubs, this.#feed, ears);
    this.#roll = new RollWatch(rest, book, parts.instruments, now);
    this.#stopTimers = [
      clock.every(LOOK_EVERY_MS, () => this.#look()),
      clock.every(PING_EVERY_MS, () => void session.ping()),
    ];
  }

  send(command: VenueCommand): void {
    if (command.kind === "requestSnapshot") this.#track(this.#snapshots.read(command));
    else this.#track(this.#sender.send(command));
  }

  handled(wakeAt: EpochMs | null): void {
    this.#pace?.handled(wakeAt);
  }

  arm(accountId: AccountId, arming: Arming): void {
    this.#reached.accounts.arm(accountId, arming);
  }

  /** Tries both hubs again at once. */
  hurry(): void {
    this.#user.hurry();
    this.#market.hurry();
  }

  accountNumbers(): ReadonlyMap<AccountId, string> {
    const { accounts } = this.#reached.accounts;
    return new Map(accounts.map(({ accountId, number }) => [accountId, number]));
  }

  clockJumped(byMs: number): void {
    this.#state.doubt(`our clock was set by ${byMs} ms`);
  }

  health(): VenueHealth {
    return healthOf({
      ...this.#reached,
      state: this.#state,
      reconciling: this.#snapshots.reading,
      userHub: this.#user,
      marketHub: this.#market,
      standings: this.#standings,
    });
  }

  async close(): Promise<void> {
    for (const stop of this.#stopTimers) stop();
    await Promise.all([this.#user.close(), this.#market.close()]);
  }

  /**
   * With the user hub down nobody tells what became of a command: the lists do. While others have our session for
   * good the hubs stay off, since a subscription would go on with the fight; reading does not.
   */
  #lookAfter(accountId: AccountId): void {
    if (!this.#user.isUp) this.#track(this.#snapshots.owe(accountId));
  }

  /** What was sent has a right to an answer, and to a log-in as it had itself. */
  async #prepare(priority: "reduce" | "read"): Promise<void> {
    if (this.#user.isUp) return;
    const { session } = this.#reached;
    await session.askTime();
    if (priority === "reduce") await session.tokens.ensure("reduce");
  }

  /** Why nothing that adds risk may go now, or null. */
  #blocked(): string | null {
    if (!this.#state.isUp) return `the link is down: ${this.#state.reason}`;
    return skewProblem(this.#reached.session.skew.ms);
  }

  #look(): void {
    if (this.#reached.session.told === null) this.#teller.passed(this.#late());
    this.#state.look();
    this.#lookUp();
    this.#market.look();
    this.#track(this.#feed.look());
    const { venueClock } = this.#reached.session;
    this.#track(this.#roll.look(venueClock.now(), this.#parts.onAlert));
  }

  /** While the link was down nobody told what became of accounts; where none is compared, nobody would ask either. */
  #lookUp(): void {
    const { isUp } = this.#state;
    if (isUp && !this.#wasUp) this.#track(this.#standings.refresh());
    this.#wasUp = isUp;
  }

  #late(): EpochMs {
    return (this.#reached.session.venueClock.now() - TOLD_LATE_MS) as EpochMs;
  }

  #tell(events: readonly FeedEvent[]): void {
    this.#pace?.told();
    this.#parts.onFeed(events);
  }

  /** Counts what is under way, for a gateway that waits until nothing is. */
  #track(work: Promise<void>): void {
    this.#busy += 1;
    void work.finally(() => {
      this.#busy -= 1;
      this.#pace?.look();
    });
  }

  #practicePace(): PracticePace | null {
    const { told, isLockstep, rest } = this.#reached.session;
    if (told === null) return null;
    return new PracticePace(
      {
        teller: this.#teller,
        onTime: (now) => told.tell(now),
        // What waits for the request window waits for time to pass.
        isBusy: () => this.#busy > rest.waiting,
        settle: (step, wakeAt) => this.#market.settle(step, wakeAt),
      },
      isLockstep,
    );
  }
}
