import type {
  AccountId,
  ClientOrderId,
  InstrumentId,
  RequestId,
  VenueOrderId,
} from "#core/domain/ids.ts";
import type { Bracket, OrderTerms, Side, TimeInForce } from "#core/domain/order.ts";
import type { EpochMs, Lots } from "#core/domain/units.ts";
import type { RequestResult } from "./request.ts";

/** Everything a venue needs to place one order. Only an approved order becomes one. */
export type SubmitOrder = {
  readonly kind: "submitOrder";
  readonly accountId: AccountId;
  readonly clientOrderId: ClientOrderId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly qty: Lots;
  readonly terms: OrderTerms;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  /** Legs for venues that hold them; the desk leaves it null when it places the legs itself. */
  readonly bracket: Bracket | null;
};

export type CancelOrder = {
  readonly kind: "cancelOrder";
  readonly accountId: AccountId;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId | null;
};

export type ModifyOrder = {
  readonly kind: "modifyOrder";
  readonly accountId: AccountId;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId | null;
  /** New total quantity, lots already filled included. */
  readonly qty: Lots;
  readonly terms: OrderTerms;
};

/** Asks the venue for an authoritative account snapshot since an instant. */
export type RequestSnapshot = {
  readonly kind: "requestSnapshot";
  readonly accountId: AccountId;
  readonly since: EpochMs;
};

export type VenueCommand = SubmitOrder | CancelOrder | ModifyOrder | RequestSnapshot;

/** What the desk asks of the world. Released only when the record that holds it is durable. */
export type Command =
  | VenueCommand
  /** Wake the desk with `timerFired` at `dueAt`; replaces the wake-up asked for before. */
  | { readonly kind: "setTimer"; readonly dueAt: EpochMs }
  | {
      readonly kind: "alert";
      readonly severity: "info" | "warning" | "critical";
      readonly code: string;
      readonly text: string;
    }
  | { readonly kind: "reply"; readonly requestId: RequestId; readonly result: RequestResult };

export function isVenueCommand(command: Command): command is VenueCommand {
  switch (command.kind) {
    case "submitOrder":
    case "cancelOrder":
    case "modifyOrder":
    case "requestSnapshot":
      return true;
    case "setTimer":
    case "alert":
    case "reply":
      return false;
  }
}
