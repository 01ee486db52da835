import type { FastifyInstance } from "fastify";
import type { EpochMs } from "#core/domain/units.ts";
import { type MarketListener, VenueMarket } from "#practice/market/venue-market.ts";
import { Firm } from "./book/firm.ts";
import type { UserEvent } from "./book/user-event.ts";
import { Faults } from "./faults/faults.ts";
import { SuddenFaults } from "./faults/sudden-faults.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import type { HubConnection } from "./hubs/hub-connection.ts";
import { callFailed, subscribe } from "./hubs/hub-methods.ts";
import { HubServer } from "./hubs/hub-server.ts";
import { tellUser } from "./hubs/user-feed.ts";
import { MarketFeed } from "./market/market-feed.ts";
import { storedBars } from "./market/stored-bars.ts";
import { addPracticeRoutes, markerRow } from "./practice-routes.ts";
import { PracticeTime, type TimeMarker } from "./practice-time.ts";
import { openOperations, sessionOperations } from "./rest/auth-operations.ts";
import { instantOf } from "./rest/bind-body.ts";
import type { BoundBody } from "./rest/body-members.ts";
import { httpServer } from "./rest/http-server.ts";
import { marketOperations } from "./rest/market-operations.ts";
import type { Caller } from "./rest/operation.ts";
import { orderOperations } from "./rest/order-operations.ts";
import { positionOperations } from "./rest/position-operations.ts";
import type { RestContext } from "./rest/rest-context.ts";
import { RestServer } from "./rest/rest-server.ts";
import { Sessions } from "./rest/sessions.ts";
import { type LoggedRequest, RequestLog } from "./state/request-log.ts";

// What faults change is kept among the requests.
const DROP_ORDERS = "practice/dropOrders";
const END_SESSIONS = "practice/endSessions";

/**
 * A ProjectX venue on this machine: the real wire format in front of the simulated market. It owns time, keeps orders
 * and positions while clients come and go, and fails on request.
 */
export class Gateway implements MarketListener {
  readonly http: FastifyInstance;
  readonly #parts: GatewayParts;
  readonly #faults: Faults;
  readonly #sessions: Sessions;
  readonly #firm: Firm;
  readonly #hubs: HubServer;
  readonly #feed: MarketFeed;
  readonly #time: PracticeTime;
  readonly #market: VenueMarket;
  readonly #log: RequestLog | null;
  /** Of what a gateway before this one was asked, how much has been carried out again. */
  #repeated = 0;
  readonly #rest: RestServer;
  /** Rows were played whose step is still to come; true before the first one. */
  #isBetweenSteps = true;
  #isClosed = false;
  readonly #bug = Promise.withResolvers<never>();
  readonly #sudden: SuddenFaults;

  constructor(parts: GatewayParts) {
    const { clock, period, speed, lockstep, settings, machine } = parts;
    this.#parts = parts;
    this.#log = logOf(parts);
    this.#faults = new Faults(clock);
    this.#firm = new Firm({
      instruments: parts.instruments,
      accounts: settings.accounts,
      fillModel: machine.fillModel,
      from: period.from,
      flatByClose: settings.flatByClose,
      onUserEvent: (event) => this.#onUserEvent(event),
    });
    this.#sessions = new Sessions({
      now: () => this.#firm.now,
      signingKey: this.#log?.signingKey ?? parts.secret(),
      onDisplaced: (sessionId) => this.#displace(sessionId),
    });
    this.#hubs = new HubServer({
      clock,
      faults: this.#faults,
      sessions: this.#sessions,
      secret: parts.secret,
      onCall: (connection, target, args) => this.#onCall(connection, target, args),
    });
    this.#feed = new MarketFeed({
      connections: () => this.#hubs.connections(),
      shape: settings.shape,
      hasDepthNulls: () => this.#faults.take("depthNulls", { hub: "market" }) !== undefined,
    });
    this.#time = new PracticeTime({
      clock,
      from: period.from,
      speed,
      lockstep,
      nextDueAt: () => this.#firm.nextDueAt,
      resumeAt: this.#log?.resumeAt ?? null,
      nextLoggedAt: () => this.#nextLogged()?.at ?? Number.POSITIVE_INFINITY,
      onMarker: (marker) => this.#tellTime(marker),
    });
    const venue = this.#firm.machine;
    this.#market = new VenueMarket({ pace: this.#time, venue, source: parts.source, period }, this);
    this.#sudden = this.#suddenFaults();
    this.#rest = this.#restServer();
    this.http = this.#httpServer();
  }

  /** Plays until `stop` says so; goes on answering after the end of the data. */
  async run(stop: AbortSignal): Promise<void> {
    await Promise.race([this.#market.run(stop), this.#bug.promise]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#hubs.close();
    await this.http.close();
    this.#log?.close();
  }

  readonly onHistory: MarketListener["onHistory"] = (shown) => this.#firm.onHistory(shown);

  readonly onLine: MarketListener["onLine"] = (line) => {
    if (line.kind === "marketEnded") return this.#time.end();
    if (line.kind !== "tradeTick" && line.kind !== "quote") return;
    this.#isBetweenSteps = true;
    const market = this.#firm.onData(line);
    if (market !== undefined) this.#feed.onData(market, line);
  };

  readonly onReport: MarketListener["onReport"] = (event) => this.#firm.onReport(event);

  readonly onStep: MarketListener["onStep"] = (at) => {
    this.#firm.onTime(at);
    this.#repeatLogged();
    this.#isBetweenSteps = false;
    this.#feed.flush();
    if (!this.#time.isRepeating) this.#log?.tick(this.#firm.now);
    this.#time.onStep(at);
    this.#hubs.flush();
  };

  #suddenFaults(): SuddenFaults {
    return new SuddenFaults({
      clock: this.#parts.clock,
      hubs: this.#hubs,
      faults: this.#faults,
      endSessions: () => {
        this.#keep(END_SESSIONS, {}, null);
        this.#sessions.endAll();
      },
      dropOrders: () => {
        this.#keep(DROP_ORDERS, {}, null);
        this.#firm.dropOrders();
      },
      closeHttp: () => this.http.server.closeAllConnections(),
    });
  }

  #restServer(): RestServer {
    const { clock, history, settings } = this.#parts;
    const context: RestContext = {
      firm: this.#firm,
      sessions: this.#sessions,
      user: settings.user,
      faults: this.#faults,
      now: () => this.#firm.now,
      bars: oneAtATime((request) => storedBars(history, request)),
    };
    return new RestServer({
      open: openOperations(context),
      protected: [
        ...sessionOperations(context),
        ...marketOperations(context),
        ...orderOperations(context),
        ...positionOperations(context),
      ],
      sessions: this.#sessions,
      faults: this.#faults,
      clock,
      now: () => this.#firm.now,
      isReady: () => !this.#isBetweenSteps || this.#isClosed,
      onChange: (operation, body, caller) => this.#keep(operation, body, caller),
      onDone: () => this.#afterRequest(),
    });
  }

  #httpServer(): FastifyInstance {
    return httpServer({
      rest: this.#rest,
      hubs: this.#hubs,
      addPractice: (app) => addPracticeRoutes(app, this.#controls()),
      isDown: () => this.#time.isRepeating || this.#sudden.isDown(),
      onBug: (error) => this.#bug.reject(error),
    });
  }

  #controls(): Parameters<typeof addPracticeRoutes>[1] {
    return {
      firm: this.#firm,
      marker: () => this.#time.marker(),
      setTime: (to) => {
        this.#time.set(to);
        this.#hubs.flush();
        this.#market.wake();
      },
      faults: () => this.#faults.list(),
      setFault: (fault) => {
        if (!this.#sudden.perform(fault)) this.#faults.set(fault);
      },
      clearFaults: () => this.#faults.clear(),
      calls: () => this.#rest.calls,
    };
  }

  #keep(operation: string, body: BoundBody, caller: Caller | null): void {
    this.#log?.append({ at: this.#firm.now, operation, body, caller });
  }

  #nextLogged(): LoggedRequest | undefined {
    return this.#log?.requests[this.#repeated];
  }

  /** Does again what was asked of the gateway before this one, up to now. */
  #repeatLogged(): void {
    for (let next = this.#nextLogged(); next !== undefined; next = this.#nextLogged()) {
      if (next.at > this.#firm.now) return;
      this.#repeated += 1;
      const { operation, body, caller } = next;
      if (operation === DROP_ORDERS) this.#firm.dropOrders();
      else if (operation === END_SESSIONS) this.#sessions.endAll();
      else this.#rest.repeat(operation, body, caller);
      this.#firm.settle();
    }
  }

  #afterRequest(): void {
    this.#firm.settle();
    this.#feed.flush();
    this.#hubs.flush();
  }

  #onUserEvent(event: UserEvent): void {
    const { shape } = this.#parts.settings;
    tellUser(this.#hubs.connections(), event, { shape, faults: this.#faults });
    this.#time.touch();
    this.#market.wake();
  }

  #onCall(connection: HubConnection, target: string, args: readonly unknown[]): void {
    if (target.toLowerCase() === "practicesettled") return this.#settle(target, args);
    const called = subscribe(connection, target, args);
    if (called.kind === "ended") return;
    if (called.kind === "unknown") throw callFailed(target);
    const { method, argument } = called;
    if (method === "subscribepracticetime") {
      return connection.tellSurely("PracticeTime", [markerRow(this.#time.marker())]);
    }
    if (connection.hub !== "market") return;
    const contract = this.#firm.contracts.byId(String(argument));
    if (contract?.instrument === null || contract === undefined) return;
    const market = this.#firm.markets.of(contract);
    if (method === "subscribecontractquotes") this.#feed.greetQuote(connection, market);
    if (method === "subscribecontractmarketdepth") this.#feed.greetDepth(connection, market);
  }

  #settle(target: string, [step, wakeAt]: readonly unknown[]): void {
    const wake = typeof wakeAt === "string" ? instantOf(wakeAt) : null;
    if (typeof step !== "number" || wake === undefined) throw callFailed(target);
    if (this.#time.settle(step, wake as EpochMs | null)) this.#market.wake();
  }

  #tellTime(marker: TimeMarker): void {
    const row = markerRow(marker);
    for (const connection of this.#hubs.connections()) {
      if (!connection.subscriptions.has("subscribepracticetime")) continue;
      connection.tellSurely("PracticeTime", [row]);
    }
  }

  #displace(sessionId: number): void {
    for (const connection of this.#hubs.connections()) {
      if (connection.sessionId !== sessionId) continue;
      connection.tellSurely("GatewayLogout", []);
      connection.close(null, false);
    }
  }
}

function logOf({ stateFolder, period, settings, secret }: GatewayParts): RequestLog | null {
  if (stateFolder === null) return null;
  const accounts = settings.accounts.map(({ name }) => name);
  return new RequestLog(stateFolder, { from: period.from, until: period.until, accounts }, secret);
}

/** One reader of stored data at a time. */
function oneAtATime<A, R>(run: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (argument) => {
    const next = last.then(
      () => run(argument),
      () => run(argument),
    );
    last = next;
    return next;
  };
}
