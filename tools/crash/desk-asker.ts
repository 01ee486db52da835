import type { Request, RequestResult } from "#core/desk/request.ts";
import { requestId } from "#core/domain/ids.ts";
import { type ControlMessage, type ControlReply, NoDeskError } from "#runtime/control.ts";
import type { DeskStatus } from "#runtime/status.ts";

/** Something that was asked of the desk under one id, and the answer if one came. */
export type Asked = {
  readonly id: string;
  readonly request: Request;
  answer: RequestResult | null;
};

export type AskDesk = (message: ControlMessage) => Promise<ControlReply>;

/** Asks the running desk, whichever process that is, and remembers what it was told. */
export class DeskAsker {
  readonly asked: Asked[] = [];
  readonly #ask: AskDesk;
  readonly #prefix: string;

  constructor(ask: AskDesk, prefix: string) {
    this.#ask = ask;
    this.#prefix = prefix;
  }

  /** Undefined when no desk answers. */
  async status(): Promise<DeskStatus | undefined> {
    const reply = await this.#reply({ kind: "status" });
    return reply?.kind === "status" ? reply.status : undefined;
  }

  /** Whether a desk answered. What got none is asked again by `repeat`, under the same id. */
  async request(request: Request): Promise<boolean> {
    const asked: Asked = { id: `${this.#prefix}-${this.asked.length}`, request, answer: null };
    this.asked.push(asked);
    return this.#request(asked);
  }

  /** Asks once more for everything that got no answer, as whoever asked it would. */
  async repeat(): Promise<void> {
    for (const asked of this.asked) {
      if (asked.answer === null && !(await this.#request(asked))) return;
    }
  }

  async #request(asked: Asked): Promise<boolean> {
    const { id, request } = asked;
    const reply = await this.#reply({
      kind: "request",
      requestId: requestId(id),
      by: "harness",
      request,
    });
    if (reply === undefined) return false;
    if (reply.kind !== "result") throw new Error(`Request ${id}: ${JSON.stringify(reply)}`);
    asked.answer = reply.result;
    return true;
  }

  async #reply(message: ControlMessage): Promise<ControlReply | undefined> {
    try {
      const reply = await this.#ask(message);
      // It has only just been started, and takes nothing yet.
      return reply.kind === "waiting" ? undefined : reply;
    } catch (error) {
      if (error instanceof NoDeskError) return undefined;
      throw error;
    }
  }
}
