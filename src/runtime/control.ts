import type { SessionConfig } from "#core/desk/config.ts";
import type { Request, RequestResult } from "#core/desk/request.ts";
import type { RequestId } from "#core/domain/ids.ts";
import type { DeskStatus } from "./status.ts";

/** What a program on this machine may say to the running desk over its control socket. */
export type ControlMessage =
  | { readonly kind: "status" }
  | {
      readonly kind: "request";
      readonly requestId: RequestId;
      readonly by: string;
      readonly request: Request;
    };

/** The answer. To a request it comes when the record that holds the outcome is durable. */
export type ControlReply =
  | { readonly kind: "status"; readonly status: DeskStatus; readonly config: SessionConfig }
  | { readonly kind: "result"; readonly result: RequestResult }
  /** To everything, while the session has not begun because its venue was not reached yet. */
  | DeskWaits
  | { readonly kind: "refused"; readonly reason: string };

export type DeskWaits = {
  readonly kind: "waiting";
  readonly sessionId: string;
  /** Where the venue should listen. */
  readonly venue: string;
  /** Why it was not reached at the last attempt; null before the first has ended. */
  readonly reason: string | null;
};

export type OnControlMessage = (message: ControlMessage) => Promise<ControlReply>;

export type ControlServer = { readonly close: () => Promise<void> };

/** Nothing listens on the control socket of a data folder. */
export class NoDeskError extends Error {
  override readonly name = "NoDeskError";
}

/** The desk runs and cannot do anything yet. */
export class DeskWaitsError extends Error {
  override readonly name = "DeskWaitsError";
}
