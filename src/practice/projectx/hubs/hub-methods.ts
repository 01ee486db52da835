import { HubCallError, type HubConnection } from "./hub-connection.ts";

type ArgumentKind = "none" | "account" | "contract";

/** The subscriptions of each hub by lower-case name, and what they ask for. */
const SUBSCRIPTIONS = {
  user: {
    subscribeaccounts: "none",
    subscribeorders: "account",
    subscribepositions: "account",
    subscribetrades: "account",
    subscribepracticetime: "none",
  },
  market: {
    subscribecontractquotes: "contract",
    subscribecontracttrades: "contract",
    subscribecontractmarketdepth: "contract",
    subscribepracticetime: "none",
  },
} as const satisfies Record<string, Readonly<Record<string, ArgumentKind>>>;

/** What a call did: a subscription that began, one that ended, or nothing this file knows of. */
export type Subscribed =
  | { readonly kind: "began"; readonly method: string; readonly argument: string | number | null }
  | { readonly kind: "ended" }
  | { readonly kind: "unknown" };

/** Carries out Subscribe and Unsubscribe calls. Names match in any case; arguments too many are ignored. */
export function subscribe(
  connection: HubConnection,
  target: string,
  args: readonly unknown[],
): Subscribed {
  const called = target.toLowerCase();
  const ends = called.startsWith("un");
  const method = ends ? called.slice(2) : called;
  const kind = (SUBSCRIPTIONS[connection.hub] as Readonly<Record<string, ArgumentKind>>)[method];
  if (kind === undefined) return { kind: "unknown" };
  const argument = argumentOf(target, kind, args[0]);
  const key = argument === null ? method : `${method}/${argument}`;
  if (ends) {
    connection.subscriptions.delete(key);
    return { kind: "ended" };
  }
  connection.subscriptions.add(key);
  return { kind: "began", method, argument };
}

/** How the venue words whatever goes wrong in a call. */
export function callFailed(target: string): HubCallError {
  return new HubCallError(`Failed to invoke '${target}' due to an error on the server.`);
}

function argumentOf(target: string, kind: ArgumentKind, argument: unknown): string | number | null {
  switch (kind) {
    case "none":
      return null;
    case "account":
      if (typeof argument !== "number" || !Number.isSafeInteger(argument)) throw callFailed(target);
      return argument;
    case "contract":
      if (typeof argument !== "string") throw callFailed(target);
      return argument;
  }
}
