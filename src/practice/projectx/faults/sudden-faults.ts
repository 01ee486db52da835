import type { Clock } from "#ports/clock.ts";
import type { HubConnection } from "#practice/projectx/hubs/hub-connection.ts";
import type { HubServer } from "#practice/projectx/hubs/hub-server.ts";
import type { Fault, FaultOf } from "./fault.ts";
import type { Faults } from "./faults.ts";

export type SuddenParts = {
  readonly clock: Clock;
  readonly hubs: HubServer;
  readonly faults: Faults;
  readonly endSessions: () => void;
  readonly dropOrders: () => void;
  /** Closes every HTTP connection. */
  readonly closeHttp: () => void;
};

type Cutting = FaultOf<"hubCut" | "gatewayLogout" | "halfOpen">;

/** The faults that happen once, at once. */
export class SuddenFaults {
  readonly #parts: SuddenParts;
  #downUntilMs = 0;

  constructor(parts: SuddenParts) {
    this.#parts = parts;
  }

  /** Whether the gateway takes no connections for the moment. */
  isDown(): boolean {
    return this.#parts.clock.monotonicMs() < this.#downUntilMs;
  }

  /** Does what a fault says, if it is one of these; false if it is one that holds. */
  perform(fault: Fault): boolean {
    if (!fault.on) return false;
    switch (fault.kind) {
      case "halfOpen":
        if (fault.newToo) this.#parts.faults.set(fault);
        this.#hit(fault);
        return true;
      case "hubCut":
      case "gatewayLogout":
        this.#hit(fault);
        return true;
      case "restart":
        this.#restart(fault);
        return true;
      case "expiredToken":
        if (fault.operation === null) this.#parts.endSessions();
        return fault.operation === null;
      case "lostAnswer":
      case "lostRequest":
      case "delay":
      case "tooManyRequests":
      case "serverError":
      case "badGateway":
      case "malformedBody":
      case "staleLists":
      case "rejectOrders":
      case "slowCancel":
      case "silentFeed":
      case "refusedHub":
      case "duplicateEvents":
      case "outOfOrderEvents":
      case "stringIds":
      case "depthNulls":
        return false;
    }
  }

  #hit(fault: Cutting): void {
    for (const connection of this.#parts.hubs.connections()) {
      if (fault.hub === null || fault.hub === connection.hub) hit(connection, fault);
    }
  }

  #restart({ keepOrders, keepSessions, downMs }: FaultOf<"restart">): void {
    const { clock, hubs, endSessions, dropOrders } = this.#parts;
    this.#downUntilMs = clock.monotonicMs() + downMs;
    for (const connection of hubs.connections()) connection.cut();
    if (!keepSessions) endSessions();
    if (!keepOrders) dropOrders();
    void this.#closeHttp();
  }

  /** A moment later, so that whoever asked for it is answered. */
  async #closeHttp(): Promise<void> {
    const { clock, closeHttp } = this.#parts;
    await clock.yieldTurn();
    await clock.yieldTurn();
    closeHttp();
  }
}

function hit(connection: HubConnection, fault: Cutting): void {
  switch (fault.kind) {
    case "halfOpen":
      return connection.goDead();
    case "gatewayLogout":
      connection.tellSurely("GatewayLogout", []);
      return connection.flush();
    case "hubCut":
      switch (fault.how) {
        case "tcp":
          return connection.cut();
        case "normal":
          return connection.closeSocket();
        case "close":
          return connection.close(fault.error, false);
        case "closeReconnect":
          return connection.close(fault.error, true);
      }
  }
}
