import type { VenueCommand } from "#core/desk/command.ts";
import type { Arming } from "#core/desk/config.ts";
import type { AccountId, InstrumentId } from "#core/domain/ids.ts";
import type { DurationMs, EpochMs } from "#core/domain/units.ts";
import type { Bar } from "#core/market/bar.ts";
import type { VenueHealth } from "#ports/venue-health.ts";
import type { Venue } from "#ports/venue.ts";
import { backoffMs } from "#venues/net/backoff.ts";
import { Pause } from "#venues/net/pause.ts";
import { type AccountBook, resolveAccounts } from "./account-book.ts";
import { historyBars } from "./bars.ts";
import { Connected } from "./connected.ts";
import { type ContractBook, resolveContracts } from "./contract-book.ts";
import type { ProjectXParts } from "./link-parts.ts";
import { type Outcome, reasonOf } from "./outcome.ts";
import { type ProjectXSession, openSession } from "./session.ts";

/**
 * The desk's link to a ProjectX firm: requests over REST, market data and the fate of orders over two hubs. It comes
 * up when both hubs are subscribed, and comes back by itself after every failure. Commands that add risk are refused
 * while it is down; what reduces risk is sent as long as there is a session (R12).
 */
export class ProjectXLink implements Venue {
  readonly #parts: ProjectXParts;
  readonly #closing = new AbortController();
  readonly #started: Promise<void>;
  #session: ProjectXSession | null = null;
  #connected: Connected | null = null;
  #reason = "not connected yet";
  readonly #pause: Pause;

  constructor(parts: ProjectXParts) {
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
    this.#started = this.#start();
  }

  readonly send = (command: VenueCommand): void => {
    if (this.#connected !== null) this.#connected.send(command);
  };

  /** See `Venue.handled`: lets a gateway that waits for the desk go on. */
  readonly handled = (wakeAt: EpochMs | null): void => this.#connected?.handled(wakeAt);

  readonly close = async (): Promise<void> => {
    this.#closing.abort();
    await this.#connected?.close();
    this.#session?.close();
    await this.#started;
  };

  /** What may be sent for an account from now on. */
  arm(accountId: AccountId, arming: Arming): void {
    this.#connected?.arm(accountId, arming);
  }

  /** The venue's number of each account that it has; none before it was reached. */
  accountNumbers(): ReadonlyMap<AccountId, string> {
    return this.#connected?.accountNumbers() ?? new Map();
  }

  /** The contract of each instrument that can be traded; none before it was reached. */
  contracts(): ReadonlyMap<InstrumentId, string> {
    const contracts = this.#connected?.book.contracts ?? [];
    return new Map(contracts.map(({ instrument, contractId }) => [instrument.id, contractId]));
  }

  /** A person has ended the other login that took our session, or has mended what was wrong. */
  readonly reconnect = (): void => {
    this.#session?.tokens.resume();
    this.#pause.cut();
    this.#connected?.hurry();
  };

  /** Null before the venue was reached for the first time. */
  health(): VenueHealth | null {
    return this.#connected?.health() ?? null;
  }

  /** Why there is nothing yet. */
  get reason(): string {
    return this.#reason;
  }

  /** Closed bars of an instrument, oldest first, for warm-up. */
  async history(
    instrument: InstrumentId,
    period: { readonly everyMs: DurationMs; readonly from: EpochMs; readonly until: EpochMs },
  ): Promise<Outcome<readonly Bar[]>> {
    const contract = this.#connected?.book.contractOf(instrument);
    if (this.#session === null || contract === undefined) {
      return { kind: "notSent", reason: `the venue has no contract for ${instrument}` };
    }
    return historyBars(this.#session.rest, { ...contract, ...period });
  }

  /** Reaches the venue, however long that takes. */
  async #start(): Promise<void> {
    const { random } = this.#parts;
    const { signal } = this.#closing;
    for (let failures = 1; !signal.aborted; failures += 1) {
      const problem = await this.#connect();
      if (problem === null || signal.aborted) return;
      this.#tellProblem(problem);
      await this.#pause.take(backoffMs(failures, random()), signal);
    }
  }

  /** Time, session, accounts, contracts, then the hubs. Why not, or null. */
  async #connect(): Promise<string | null> {
    const session = await this.#openSession();
    if (session.kind !== "confirmed") return reasonOf(session);
    this.#session = session.value;
    const { rest } = session.value;
    const accounts = await resolveAccounts(rest, this.#parts.accounts);
    if (accounts.kind !== "confirmed") return reasonOf(accounts);
    const book = await resolveContracts(rest, this.#parts.instruments);
    if (book.kind !== "confirmed") return reasonOf(book);
    if (accounts.value.accounts.length === 0) {
      return accounts.value.problems.join("; ") || "no account is configured";
    }
    this.#tellGaps(accounts.value, book.value);
    if (this.#closing.signal.aborted) return "the link is closed";
    this.#connected = new Connected(this.#parts, {
      session: session.value,
      accounts: accounts.value,
      book: book.value,
    });
    return null;
  }

  #openSession(): Promise<Outcome<ProjectXSession>> {
    if (this.#session !== null) return Promise.resolve({ kind: "confirmed", value: this.#session });
    const { address, http, clock, random, answerTimeout } = this.#parts;
    const onClockJump = (byMs: number): void => this.#connected?.clockJumped(byMs);
    const onLimited = (pauseMs: number): void => this.#tellLimited(pauseMs);
    const { signal } = this.#closing;
    const told = { signal, onClockJump, onLimited };
    return openSession({ address, http, clock, random, answerTimeout, ...told });
  }

  #tellProblem(problem: string): void {
    if (problem === this.#reason) return;
    this.#reason = problem;
    const at = this.#session?.venueClock.now() ?? (0 as EpochMs);
    this.#parts.onFeed([{ kind: "linkChanged", at, up: false, reason: problem }]);
  }

  #tellLimited(pauseMs: number): void {
    const text = `The venue takes no more requests (HTTP 429): for ${pauseMs / 1_000} s nothing goes but what reduces risk`;
    this.#parts.onAlert({ severity: "warning", code: "requestsLimited", text });
  }

  #tellGaps(accounts: AccountBook, book: ContractBook): void {
    for (const problem of [...accounts.problems, ...book.problems.values()]) {
      const text = `Not traded: ${problem}`;
      this.#parts.onAlert({ severity: "critical", code: "notTraded", text });
    }
  }
}
