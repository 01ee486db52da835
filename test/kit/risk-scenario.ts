import type { AccountConfig, SessionConfig } from "#core/desk/config.ts";
import { evolve } from "#core/desk/evolve.ts";
import type { Fact } from "#core/desk/fact.ts";
import { MarketViews } from "#core/desk/market-views.ts";
import { emptyState } from "#core/desk/state.ts";
import { clientOrderId, fillId, type InstrumentId } from "#core/domain/ids.ts";
import { contractOf, instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { invariant } from "#core/domain/invariant.ts";
import type { Order } from "#core/domain/order.ts";
import type { Position } from "#core/domain/position.ts";
import { readSetting } from "#core/domain/settings.ts";
import { lots, moneyFrom, signedLots, ticks } from "#core/domain/units.ts";
import type { BracketGroup } from "#core/orders/bracket-group.ts";
import { flatPosition } from "#core/positions/book-fill.ts";
import { type AccountGate, accountGate } from "#core/risk/account-gate.ts";
import { RiskView } from "#core/risk/risk-view.ts";
import type { AnyRule, ArmedRule } from "#core/risk/rule.ts";
import {
  ACCOUNT,
  GOLD,
  NASDAQ,
  OPENING,
  aBracket,
  aFill,
  aSessionConfig,
  anAccountConfig,
  anOrder,
} from "./builders.ts";

/** Full size and micro of one index, for what counts by weight. */
export const ES = catalogued("ES");
export const MES = catalogued("MES");
export const NASDAQ_DEC = contractOf(NASDAQ, "Z26");
export const NASDAQ_MAR = contractOf(NASDAQ, "H27");
const INSTRUMENTS: readonly Instrument[] = [GOLD, NASDAQ, NASDAQ_DEC, NASDAQ_MAR, ES, MES];

/**
 * What rules and gate are asked about, without a desk: a state that facts were folded into, at `OPENING`, with every
 * instrument quoted at 26,500 / 26,501 and the account ready.
 */
export class RiskScenario {
  readonly state = emptyState();
  readonly market = new MarketViews();
  readonly view = new RiskView(this.state, this.market);
  readonly gate: AccountGate;
  #next = 1;

  constructor(
    account: Partial<AccountConfig> = {},
    session: Partial<Omit<SessionConfig, "accounts">> = {},
  ) {
    const config = anAccountConfig(account);
    const instruments = session.instruments ?? INSTRUMENTS;
    const opened = aSessionConfig({ ...session, accounts: [config], instruments });
    this.gate = accountGate(config);
    this.view.now = OPENING;
    this.market.open(instruments);
    for (const { id } of instruments) this.quote(26_500, 26_501, id);
    this.note(
      { kind: "sessionOpened", config: opened },
      { kind: "accountReadyChanged", accountId: ACCOUNT, ready: true, asOf: OPENING, reason: "" },
    );
  }

  note(...facts: readonly Fact[]): this {
    for (const fact of facts) evolve(this.state, fact);
    return this;
  }

  quote(bid: number, ask: number, instrument: InstrumentId = GOLD.id): this {
    const prices = { bidPrice: ticks(bid), askPrice: ticks(ask) };
    const qtys = { bidQty: lots(10), askQty: lots(10) };
    const quote = { kind: "quote", at: this.view.now, instrument, ...prices, ...qtys } as const;
    this.market.of(instrument).onQuote(quote);
    return this;
  }

  /** A position of so many lots, positive long, that left flat at `OPENING` unless said otherwise. */
  holds(qty: number, instrument = GOLD.id, overrides: Partial<Position> = {}): this {
    const flat = { ...flatPosition(ACCOUNT, instrument), openedAt: OPENING };
    return this.note({
      kind: "positionAdopted",
      position: { ...flat, qty: signedLots(qty), ...overrides },
    });
  }

  /** An order of `anOrder` with an id of its own. */
  works(overrides: Partial<Order> = {}): Order {
    const order = anOrder({ clientOrderId: clientOrderId(`w${this.#next}`), ...overrides });
    this.#next += 1;
    this.note({ kind: "orderAdopted", order });
    return order;
  }

  /** A closing fill that lost so much (or won, when negative) and cost a fee. */
  loses(amount: number, fee = 0): this {
    const { clientOrderId: id } = this.works();
    return this.note({
      kind: "fillBooked",
      fill: aFill({ fillId: fillId(`F-${id}`), clientOrderId: id, fee: moneyFrom(fee) }),
      tradingDay: this.market.tradingDay(this.view.now),
      owner: { kind: "external" },
      grossPnl: moneyFrom(-amount),
      position: this.state.positions.values().next().value ?? flatPosition(ACCOUNT, GOLD.id),
      roundTrip: null,
    });
  }

  /** The protection of a filled entry, as the desk keeps it. */
  brackets(overrides: Partial<BracketGroup> = {}): this {
    const group: BracketGroup = {
      entryId: clientOrderId(`b${this.#next}`),
      accountId: ACCOUNT,
      instrument: GOLD.id,
      side: "buy",
      bracket: aBracket(),
      isVenueHeld: false,
      entryQty: lots(1),
      entryTicks: 26_500,
      openQty: lots(1),
      stopPrice: ticks(26_480),
      targetPrice: null,
      stopLossId: null,
      takeProfitId: null,
      stopFailures: 0,
      ...overrides,
    };
    this.#next += 1;
    return this.note({ kind: "bracketChanged", group });
  }
}

/** A rule with settings as a person writes them. */
export function armed(rule: AnyRule, settings: unknown): ArmedRule {
  const reading = readSetting(rule.settings, settings);
  invariant(reading.ok, `the settings of ${rule.key} are right`);
  return rule.arm(reading.value);
}

function catalogued(root: string): Instrument {
  const instrument = instrumentByRoot(root);
  invariant(instrument !== undefined, `the catalogue has ${root}`);
  return instrument;
}
