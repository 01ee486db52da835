import type { SessionConfig } from "#core/desk/config.ts";
import type { Request, RequestResult } from "#core/desk/request.ts";
import { type RequestId, requestId } from "#core/domain/ids.ts";
import { START_AGAIN } from "#ports/venue.ts";
import {
  type ControlReply,
  type DeskWaits,
  DeskWaitsError,
  NoDeskError,
} from "#runtime/control.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { acceptedText } from "./accepted-text.ts";
import { accountNamed } from "./account-named.ts";
import {
  type CommandFrame,
  type GlobalFlags,
  UnansweredError,
  UsageError,
  dataFolder,
  print,
} from "./command-frame.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { jsonLine } from "./json.ts";
import { inMillionths } from "./money-json.ts";
import { refusalParts } from "./sentence-parts.ts";
import { denialSentence } from "./sentences.ts";
import { printable } from "./table.ts";

export type AskFlags = GlobalFlags & { readonly requestId?: string };

export const REQUEST_ID_HELP = "name of this request; asking again with the same name acts once";

/** The running desk and what it was opened with. Throws `DeskWaitsError` while it waits for its venue. */
export async function deskNow(
  frame: CommandFrame,
  flags: GlobalFlags,
): Promise<{ readonly status: DeskStatus; readonly config: SessionConfig }> {
  const reply = await deskOrWait(frame, flags);
  if (reply.kind === "status") return reply;
  throw new DeskWaitsError(answerText(reply));
}

/** The running desk, or what it waits for before there is anything to tell. */
export async function deskOrWait(
  frame: CommandFrame,
  flags: GlobalFlags,
): Promise<Extract<ControlReply, { kind: "status" | "waiting" }>> {
  const reply = await frame.runtime.askDesk(dataFolder(frame, flags), { kind: "status" });
  if (reply.kind === "status" || reply.kind === "waiting") return reply;
  throw new Error(`Expected the state of the desk, found ${answerText(reply)}`);
}

/** `session demo waits for its venue at ./venue.sock and keeps trying (connect ENOENT ./venue.sock)`. */
export function waitingText({ sessionId, venue, reason }: DeskWaits): string {
  if (reason?.endsWith(START_AGAIN) === true) {
    return `session ${sessionId} is not let in at ${printable(venue)} (${printable(reason)})`;
  }
  const why = reason === null ? "" : ` (${printable(reason)})`;
  return `session ${sessionId} waits for its venue at ${printable(venue)} and keeps trying${why}`;
}

/** Asks the desk for something and prints its answer, which is durable when it comes. */
export async function askFor(
  frame: CommandFrame,
  flags: AskFlags,
  request: Request,
): Promise<ExitCode> {
  const { io, runtime } = frame;
  const id = requestIdOf(flags.requestId ?? io.newId());
  const message = { kind: "request", requestId: id, by: io.user, request } as const;
  const reply = await runtime.askDesk(dataFolder(frame, flags), message).catch((error: unknown) => {
    throw mayHaveArrived(error) ? new UnansweredError(id, error) : error;
  });
  await checkAccount(frame, flags, { reply, request });
  return tellAnswer(frame, flags, { reply, id, request });
}

/** What the desk would answer to a request about an order that it does not list, which cannot be put to it. */
export function unknownOrder(frame: CommandFrame, flags: AskFlags, order: string): ExitCode {
  const reason = `no order ${order} is known; keel status lists the working ones`;
  const id = requestIdOf(flags.requestId ?? frame.io.newId());
  const reply = { kind: "result", result: { kind: "impossible", reason } } as const;
  return tellAnswer(frame, flags, { reply, id });
}

/** The account of what could not be done is looked at afterward: nothing is to come before what closes positions. */
async function checkAccount(
  frame: CommandFrame,
  flags: GlobalFlags,
  { reply, request }: Required<Pick<Answer, "reply" | "request">>,
): Promise<void> {
  const named = accountOf(request);
  if (named === null || reply.kind !== "result" || reply.result.kind !== "impossible") return;
  accountNamed((await deskNow(frame, flags)).config, named);
}

function accountOf(request: Request): string | null {
  if (request.kind === "flatten") return request.accountId;
  if (request.kind !== "setTradingState" || request.scope.kind !== "account") return null;
  return request.scope.accountId;
}

type Answer = {
  readonly reply: ControlReply;
  readonly id: RequestId;
  readonly request?: Request;
};

function tellAnswer(
  frame: CommandFrame,
  flags: AskFlags,
  { reply, id, request }: Answer,
): ExitCode {
  const answer = reply.kind === "result" ? { requestId: id, ...resultJson(reply.result) } : reply;
  if (reply.kind === "result" && reply.result.kind === "accepted") {
    print(frame, flags, { json: () => answer, lines: () => [answerText(reply, request)] });
    return EXIT.done;
  }
  const text = answerText(reply);
  const refused = { ...refusalParts(text), exitCode: EXIT.refused, ...answer };
  frame.io.err.write(flags.json === true ? jsonLine(refused) : `${text}\n`);
  return EXIT.refused;
}

/** False only where nobody was there to take the request. */
function mayHaveArrived(error: unknown): boolean {
  if (!(error instanceof NoDeskError)) return true;
  const { cause } = error;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
  return code !== "ENOENT" && code !== "ECONNREFUSED";
}

function answerText(reply: ControlReply, request?: Request): string {
  switch (reply.kind) {
    case "status":
      return "its state";
    case "refused":
      return `Refused: ${printable(reply.reason)}`;
    case "waiting":
      return `Refused: ${waitingText(reply)}; ask again when the venue is there`;
    case "result":
      return resultText(reply.result, request);
  }
}

function resultText(result: RequestResult, request?: Request): string {
  switch (result.kind) {
    case "accepted": {
      const note = result.note === null ? null : printable(result.note);
      return acceptedText({ ids: result.clientOrderIds.map(printable), note }, request);
    }
    case "denied":
      return denialSentence(result.denial);
    case "impossible":
      return `Not possible: ${printable(result.reason)}`;
  }
}

function resultJson(result: RequestResult): object {
  return result.kind === "denied" ? { ...result, denial: inMillionths(result.denial) } : result;
}

function requestIdOf(text: string): RequestId {
  return orUsage(() => requestId(text));
}

/** Ids that a person mistyped are a matter of usage. */
export function orUsage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
