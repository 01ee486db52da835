import type { ControlMessage, ControlReply, DeskWaits } from "./control.ts";
import type { RemoteLink } from "./remote-venue.ts";

/**
 * What a desk answers while it waits for its venue: nothing can be recorded yet, and nothing depends on it. Only the
 * venue itself can be asked for.
 */
export function answerWaiting(
  message: ControlMessage,
  waits: DeskWaits,
  link: Pick<RemoteLink, "reconnect">,
  tell: (text: string) => void,
): ControlReply {
  if (message.kind !== "request" || message.request.kind !== "reconnect") return waits;
  tell(`${message.by} asked to try ${waits.venue} again`);
  link.reconnect?.();
  return { kind: "result", result: { kind: "accepted", clientOrderIds: [], note: null } };
}
