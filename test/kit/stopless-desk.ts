import type { VenueCommand } from "#core/desk/command.ts";
import type { Order } from "#core/domain/order.ts";
import type { BracketGroup } from "#core/orders/bracket-group.ts";
import { aBracket } from "./builders.ts";
import { TestDesk } from "./test-desk.ts";

/** Stops never arrive: what becomes of them is reported by the test. */
export function deskWithoutStops(): TestDesk {
  const desk = new TestDesk();
  desk.orders = losing("stop");
  return desk;
}

export function losing(type: "stop" | "limit"): (command: VenueCommand) => "send" | "lose" {
  return (command) =>
    command.kind === "submitOrder" && command.terms.type === type ? "lose" : "send";
}

export function protectedLot(desk: TestDesk): BracketGroup | undefined {
  desk.place({ bracket: aBracket(20, null) });
  return groupOf(desk);
}

export function groupOf(desk: TestDesk): BracketGroup | undefined {
  return desk.state.brackets.values().next().value;
}

/** The leg that the group counts on. */
export function legOf(desk: TestDesk, purpose: "stopLoss" | "takeProfit"): Order {
  const group = groupOf(desk);
  const id = purpose === "stopLoss" ? group?.stopLossId : group?.takeProfitId;
  if (id === undefined || id === null) throw new Error(`expected a ${purpose}`);
  return desk.order(id);
}
