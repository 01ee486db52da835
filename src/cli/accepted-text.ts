import type { HaltScope, Request } from "#core/desk/request.ts";

const WATCH = "keel status shows when it is done";

type Taken = { readonly ids: readonly string[]; readonly note: string | null };

/** What a person may expect now that the desk has taken a request, whose orders are `ids`. */
export function acceptedText({ ids, note }: Taken, request: Request | undefined): string {
  const orders = ids.length === 0 ? "" : `: order ${ids.join(", ")}`;
  const next = request === undefined ? undefined : expectation(request, { ids, note });
  const text = next === undefined ? `Accepted${orders}` : `Accepted: ${next}`;
  return note === null ? text : `${text}; ${note}`;
}

/** Undefined where the ids say it all. */
function expectation(request: Request, { ids, note }: Taken): string | undefined {
  switch (request.kind) {
    case "submit":
      return undefined;
    case "cancel":
      return `order ${request.clientOrderId} is being canceled and may fill until the venue confirms; ${WATCH}`;
    case "modify":
      return `order ${request.clientOrderId} is being changed; ${WATCH}`;
    case "close":
      return request.qty === null
        ? `the position in ${request.instrument} is being closed; ${WATCH}`
        : `order ${ids.join(", ")} closes ${request.qty} ${request.instrument}; ${WATCH}`;
    case "flatten":
      return `flattening ${request.accountId}: entries go, positions are closed, then the rest goes; ${WATCH}`;
    case "setTradingState":
      return stateExpectation(request, note);
    case "reconnect":
      return "logging in again; keel status shows when the link is up";
    case "arm":
      return `${request.accountId} is in ${request.arming} now`;
  }
}

function stateExpectation(
  { scope, state }: Extract<Request, { kind: "setTradingState" }>,
  note: string | null,
): string {
  const whose = scopeText(scope);
  switch (state) {
    case "active":
      // What is locked is not active again.
      if (note !== null) return `the halt of ${whose} is over`;
      return scope.kind === "bot"
        ? `${whose} is started; if it was halted, it trades once the desk has been started again`
        : `${whose} is active again`;
    case "reducing":
      return `${whose} takes only what reduces a position`;
    case "halted":
      return `${whose} is halted; protection stays, and close and flatten work`;
  }
}

export function scopeText(scope: HaltScope): string {
  switch (scope.kind) {
    case "desk":
      return "the desk";
    case "account":
      return scope.accountId;
    case "bot":
      return `bot ${scope.botId}`;
  }
}
