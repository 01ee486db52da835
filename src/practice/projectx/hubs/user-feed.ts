import type { UserEvent } from "#practice/projectx/book/user-event.ts";
import type { Faults } from "#practice/projectx/faults/faults.ts";
import type { EventShape } from "#practice/projectx/market/market-feed.ts";
import { type Row, eventAction, eventRow } from "#practice/projectx/wire/rows.ts";
import type { HubConnection } from "./hub-connection.ts";

const EVENTS = {
  account: { target: "GatewayUserAccount", method: "subscribeaccounts" },
  order: { target: "GatewayUserOrder", method: "subscribeorders" },
  position: { target: "GatewayUserPosition", method: "subscribepositions" },
  trade: { target: "GatewayUserTrade", method: "subscribetrades" },
} as const satisfies Record<UserEvent["kind"], { target: string; method: string }>;

/** Tells an event to every connection that has subscribed to it. */
export function tellUser(
  connections: Iterable<HubConnection>,
  event: UserEvent,
  { shape, faults }: { readonly shape: EventShape; readonly faults: Faults },
): void {
  const { target, method } = EVENTS[event.kind];
  const key = event.kind === "account" ? method : `${method}/${event.accountId}`;
  for (const connection of connections) {
    if (connection.hub !== "user" || !connection.subscriptions.has(key)) continue;
    const hasText = faults.take("stringIds", { hub: "user", event: target }) !== undefined;
    const row = hasText ? withTextIds(eventRow(event)) : eventRow(event);
    connection.tell(target, [shape === "live" ? { action: eventAction(event), data: row } : row]);
  }
}

const IDS = new Set(["id", "orderId", "parentOrderId", "linkedOrderId"]);

function withTextIds(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, IDS.has(name) ? String(value) : value]),
  );
}
