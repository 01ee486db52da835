import { hash } from "node:crypto";
import { askDesk } from "#api/control-client.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import type { Fact } from "#core/desk/fact.ts";
import { chainHash } from "#core/desk/fingerprint.ts";
import type { Request, RequestResult } from "#core/desk/request.ts";
import { type SessionId, requestId, sessionId } from "#core/domain/ids.ts";
import { type ControlReply, NoDeskError } from "#runtime/control.ts";
import { type DecodedRecord, decodeRecord } from "#runtime/recovery.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { controlSocket } from "#storage/control-socket.ts";
import { dataFolder, sessionFolder } from "#storage/session-folder.ts";
import { openJournal } from "#storage/sqlite-journal.ts";
import { eventually } from "./eventually.ts";
import { KeelProcess } from "./keel-process.ts";

/** Longer than a desk takes to start on a machine that has other things to do. */
const PATIENCE_MS = 60_000;

/** The desk that runs on a data folder in another process, and what it has recorded there. */
export class DeskClient {
  readonly folder: string;
  readonly #session: SessionId;
  readonly #worksIn: string;
  #process: KeelProcess | undefined;
  #requests = 0;

  /** It works in its data folder, where its configuration may lie, unless told otherwise. */
  constructor(folder: string, session = "S1", worksIn = folder) {
    this.folder = folder;
    this.#session = sessionId(session);
    this.#worksIn = worksIn;
  }

  /** Starts a replay of the session; `program` composes another desk than people start. */
  replay(args: readonly string[] = [], program?: URL): KeelProcess {
    const line = ["replay", "--data", this.folder, "--session", this.#session, ...args];
    this.#process = new KeelProcess(this.#worksIn, line, program);
    return this.#process;
  }

  get socket(): string {
    return controlSocket(this.folder);
  }

  get journalPath(): string {
    return sessionFolder(dataFolder(this.folder), this.#session).journal;
  }

  async now(): Promise<{ readonly status: DeskStatus; readonly config: SessionConfig }> {
    const reply = await askDesk(this.socket, { kind: "status" });
    if (reply.kind !== "status") throw new Error(`Expected a status, found ${reply.kind}`);
    return reply;
  }

  /** The state of the desk, once there is one and it is as it should be. */
  until(what: string, holds: (status: DeskStatus) => boolean): Promise<DeskStatus> {
    return eventually(
      what,
      async () => {
        const ended = this.#process?.endedWith;
        const found = await askDesk(this.socket, { kind: "status" }).catch(nobodyThere);
        if (found?.kind === "status") return holds(found.status) && found.status;
        if (ended !== undefined) {
          throw new Error(`Expected ${what}, found a desk that ended: ${JSON.stringify(ended)}`);
        }
        return undefined;
      },
      PATIENCE_MS,
    );
  }

  /** Until the venue has been compared with and entries are taken. */
  ready(): Promise<DeskStatus> {
    return this.until("the accounts to be ready", ({ accounts, touches }) => {
      const isPriced = touches.every(({ touch }) => touch.lastPrice !== null);
      return isPriced && accounts.length > 0 && accounts.every(({ ready }) => ready);
    });
  }

  ask(request: Request, id?: string): Promise<ControlReply> {
    this.#requests += 1;
    const named = requestId(id ?? `T${process.pid}-${this.#requests}`);
    return askDesk(this.socket, { kind: "request", requestId: named, by: "ann", request });
  }

  /** The desk's answer to a request that it understood. */
  async result(request: Request, id?: string): Promise<RequestResult> {
    const reply = await this.ask(request, id);
    if (reply.kind !== "result") throw new Error(`Expected a result, found ${reply.kind}`);
    return reply.result;
  }

  /** Everything in its journal now, read as any other process may read it. */
  recorded(path = this.journalPath): readonly DecodedRecord[] {
    const journal = openJournal({ path, chain, readOnly: true });
    try {
      return [...journal.read(0)].map(({ body }) => decodeRecord(body));
    } finally {
      journal.close();
    }
  }

  facts(): readonly Fact[] {
    return this.recorded().flatMap(({ facts }) => facts);
  }
}

export const hashText = (text: string): string => hash("sha256", text);

/** The chain of a session's journal. */
export function chain(previous: string, body: string): string {
  return chainHash(hashText, previous, body);
}

function nobodyThere(error: unknown): undefined {
  if (!(error instanceof NoDeskError)) throw error;
}
