import { tradingHours } from "#core/domain/calendar/cme-hours.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import { CME_ROLL, nextRoll } from "#core/domain/trading-day.ts";
import { isOpen } from "#core/domain/trading-hours.ts";
import { type DurationMs, type EpochMs, NO_MONEY } from "#core/domain/units.ts";
import type { Quote } from "#core/market/quote.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import { EventQueue } from "#core/matching/event-queue.ts";
import type { FillModel } from "#core/matching/fill-model.ts";
import { SimulatedVenue } from "#core/matching/simulated-venue.ts";
import type { VenueEvent } from "#core/matching/venue-event.ts";
import { ContractList } from "#practice/projectx/contracts/contract-list.ts";
import { StampSource } from "#practice/projectx/wire/stamp.ts";
import { Accounts } from "./accounts.ts";
import { Changing } from "./changing.ts";
import { type ContractMarket, Markets } from "./contract-market.ts";
import { type FirmAccountSettings, firmAccount } from "./firm-account.ts";
import { ORDER_STATUS } from "./gateway-order.ts";
import { HouseRules, isHouseOpen } from "./house-rules.ts";
import { Orders } from "./orders.ts";
import { ReportBook } from "./report-book.ts";
import { Trading } from "./trading.ts";
import type { UserEvent } from "./user-event.ts";

const NO_TIME = 0 as DurationMs;

export type FirmParts = {
  readonly instruments: readonly Instrument[];
  readonly accounts: readonly FirmAccountSettings[];
  readonly fillModel: FillModel;
  readonly from: EpochMs;
  readonly flatByClose: boolean;
  readonly onUserEvent: (event: UserEvent) => void;
};

/** The firm behind the gateway: contracts, accounts, orders and the market they meet. Time is told to it. */
export class Firm {
  readonly contracts: ContractList;
  readonly markets: Markets;
  readonly orders = new Orders();
  readonly accounts: Accounts;
  readonly stamps = new StampSource();
  readonly machine: SimulatedVenue;
  readonly trading: Trading;
  readonly changing: Changing;
  readonly #reports: ReportBook;
  readonly #house: HouseRules;
  readonly #later = new EventQueue<() => void>();
  #now: EpochMs;
  /** A balance or position changed since the rules were looked at. */
  #isTouched = false;
  #isSilent = false;

  constructor(parts: FirmParts) {
    const { instruments, from, flatByClose } = parts;
    this.#now = from;
    this.contracts = new ContractList(instruments, from);
    this.markets = new Markets(this.contracts.active);
    const accounts = parts.accounts.map(firmAccount);
    this.accounts = new Accounts(accounts);
    this.machine = machineFor(
      parts,
      accounts.map(({ machineId }) => machineId),
    );
    const { machine, contracts, markets, orders, stamps } = this;
    const emit = (event: UserEvent): void => {
      if (event.kind === "trade") this.#isTouched = true;
      if (this.#isSilent) return;
      parts.onUserEvent(event);
    };
    const state = { contracts, markets, orders, stamps, machine, accounts: this.accounts, emit };
    this.#reports = new ReportBook({
      ...state,
      send: (command, at) => machine.handle(command, at),
    });
    this.trading = new Trading({
      ...state,
      reports: this.#reports,
      now: () => this.#now,
      isHouseOpen: (at) => !flatByClose || isHouseOpen(at),
    });
    const desk = { ...state, trading: this.trading, reports: this.#reports };
    this.changing = new Changing({
      ...desk,
      now: () => this.#now,
      later: (ms, run) => this.#later.push({ at: (this.#now + ms) as EpochMs, rank: 0, item: run }),
    });
    this.#house = new HouseRules({ ...desk, flatByClose }, from);
  }

  /** The instant up to which everything has happened. */
  get now(): EpochMs {
    return this.#now;
  }

  /** When something happens next without data or requests; Infinity when nothing does. */
  get nextDueAt(): number {
    return Math.min(this.machine.nextDueAt, this.#house.nextDueAt, this.#later.nextAt);
  }

  /** Data of before the gateway's time. */
  onHistory(shown: TradeTick | Quote): void {
    this.markets.show(shown);
  }

  /** Data that the machine has been shown already. Returns the market it concerns. */
  onData(shown: TradeTick | Quote): ContractMarket | undefined {
    this.#advance(shown.at);
    const market = this.markets.show(shown);
    this.machine.runDue(this.#now, this.#reports.onReport);
    this.#house.onMarket(this.#now);
    this.settle();
    return market;
  }

  readonly onReport = (event: VenueEvent): void => {
    this.#advance(event.at);
    this.#reports.onReport(event);
  };

  /** Everything up to an instant has happened. */
  onTime(at: EpochMs): void {
    this.#advance(at);
    this.machine.runDue(this.#now, this.#reports.onReport);
    while (this.#later.nextAt <= this.#now) this.#later.pop()?.item();
    this.#house.onTime(this.#now);
    this.settle();
  }

  /** Applies the firm's rules to what requests and fills have changed. */
  settle(): void {
    while (this.#isTouched) {
      this.#isTouched = false;
      this.#house.onBalances(this.#now);
    }
  }

  /** Everything that rests is gone, and nobody is told: what a venue that was restored from a backup may do. */
  dropOrders(): void {
    this.#isSilent = true;
    for (const { id, machineId: accountId } of this.accounts.all()) {
      for (const order of this.orders.working(id)) {
        if (order.status === ORDER_STATUS.suspended) continue;
        const clientOrderId = this.orders.machineId(order);
        this.trading.perform({ kind: "cancelOrder", accountId, clientOrderId, venueOrderId: null });
      }
    }
    this.#isSilent = false;
  }

  #advance(at: EpochMs): void {
    if (at > this.#now) this.#now = at;
  }
}

/** Requests take effect at once: what takes time on the way is the sockets, and the faults that delay them. */
function machineFor(
  { instruments, fillModel }: FirmParts,
  accounts: ConstructorParameters<typeof SimulatedVenue>[0]["accounts"],
): SimulatedVenue {
  const byId = new Map(instruments.map((one) => [one.id, one]));
  return new SimulatedVenue({
    accounts,
    instruments: [...byId.keys()],
    latency: { toVenueMs: NO_TIME, toDeskMs: NO_TIME },
    fillModel,
    isOpen(id, at) {
      const instrument = byId.get(id);
      invariant(instrument !== undefined, `the machine trades what it was given, found ${id}`);
      return isOpen(tradingHours(instrument.hours), at);
    },
    dayEnd: (_id, at) => nextRoll(at, CME_ROLL),
    feeOf: () => NO_MONEY,
    bracketLegs: "plain",
    idPrefix: "",
  });
}
