import type { Clock } from "#ports/clock.ts";
import type { SendHttp } from "#ports/http.ts";
import { backoffMs } from "#venues/net/backoff.ts";
import { Pause } from "#venues/net/pause.ts";
import { type HubParts, type OpenHub, openHub } from "./hub-connection.ts";
import { DISPLACED } from "./no-token.ts";
import { withoutSecrets } from "./secrets.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** A method of the hub with its arguments. */
export type HubCall = { readonly method: string; readonly args: readonly unknown[] };

export type HubKeeperParts = {
  readonly url: string;
  readonly http: SendHttp;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tokens: TokenKeeper;
  /** Called on every new connection, all at once; a connection counts when all have been answered. */
  readonly subscriptions: readonly HubCall[];
  readonly events: Readonly<Record<string, (...args: readonly unknown[]) => void>>;
  readonly onUp: () => void;
  /** Said of every attempt that ended. */
  readonly onDown: (end: HubEnd) => void;
  /** Other than over the network. */
  readonly open?: (parts: HubParts) => OpenHub;
};

/**
 * Why a hub is not subscribed: no session to do it in, nobody there to log in at, the hub itself, or that it told
 * nothing and is connected anew.
 */
export type HubEnd = {
  readonly of: "session" | "gateway" | "hub" | "silence";
  readonly reason: string;
};

const ANSWER_MS = 10_000;
const STOP_MS = 1_000;
/** After the venue has ended our session, so that two programs do not end each other's all the time. */
const LOGOUT_PAUSE_MS = 2_000;

const CLOSED: HubEnd = { of: "hub", reason: "the link is closed" };
const TAKEN_FOR_GOOD: HubEnd = { of: "session", reason: DISPLACED.reason };
const LOGGED_OUT: HubEnd = {
  of: "session",
  reason:
    "the venue has ended our session (GatewayLogout), mostly because this user has logged in elsewhere; the desk logs in again",
};

/**
 * Keeps one hub connected for ever: every attempt is a new connection, one at a time, and it counts only when every
 * subscription was answered. What an older connection still says is not heard.
 */
export class HubKeeper {
  readonly #parts: HubKeeperParts;
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;
  /** Rises with the beginning and with the end of every connection; what belongs to another one is not heard. */
  #generation = 0;
  #attempts = 0;
  #live: OpenHub["connection"] | null = null;
  #end: (end: HubEnd) => void = () => undefined;
  #heardMs = Number.NEGATIVE_INFINITY;
  #pauseMs = 0;
  readonly #pause: Pause;

  constructor(parts: HubKeeperParts) {
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
    this.#ended = this.#stayConnected();
  }

  get isUp(): boolean {
    return this.#live !== null;
  }

  /** How many connections were tried so far. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Since the last event, or null before the first. */
  get silentMs(): number | null {
    const ms = this.#parts.clock.monotonicMs() - this.#heardMs;
    return Number.isFinite(ms) ? ms : null;
  }

  /** Does not wait any longer for the next attempt. */
  hurry(): void {
    this.#pause.cut();
  }

  /** Ends the connection; the next attempt follows by itself. */
  restart(end: HubEnd): void {
    this.#end(end);
  }

  /** Says something that no answer is expected to. Returns whether there was somebody to say it to. */
  tell(call: HubCall): boolean {
    const live = this.#live;
    if (live === null) return false;
    live.send(call.method, ...call.args).catch((error: unknown) => {
      this.restart({ of: "hub", reason: `${call.method}: ${String(error)}` });
    });
    return true;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#end(CLOSED);
    await this.#ended;
  }

  async #stayConnected(): Promise<void> {
    const { random, onDown } = this.#parts;
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted;) {
      let wasUp = false;
      const end = await this.#connection(() => (wasUp = true));
      if (signal.aborted) return;
      onDown(end);
      failures = wasUp ? 1 : failures + 1;
      const pauseMs = Math.max(this.#pauseMs, backoffMs(failures, random()));
      this.#pauseMs = 0;
      await this.#pause.take(pauseMs, signal);
    }
  }

  /** One connection from its beginning to its end; why it ended. */
  async #connection(onUp: () => void): Promise<HubEnd> {
    const { tokens, http, url, open = openHub } = this.#parts;
    const token = await tokens.ensure();
    if ("kind" in token) {
      return { of: token.kind === "unreachable" ? "gateway" : "session", reason: token.reason };
    }
    if (this.#closing.signal.aborted) return CLOSED;
    this.#generation += 1;
    this.#attempts += 1;
    const hub = open({
      url,
      http,
      token: () => Promise.resolve(token.text),
      onUnauthorized: () => tokens.refused(token.text),
    });
    const ended = new Promise<HubEnd>((resolve) => {
      this.#end = resolve;
      hub.connection.onclose((error) => {
        const reason = withoutSecrets(error?.message ?? "the venue closed it", [token.text]);
        resolve({ of: "hub", reason });
      });
    });
    this.#listen(hub.connection, this.#generation, token.text);
    let unlisten = (): void => undefined;
    try {
      await this.#start(hub, ended);
      onUp();
      this.#live = hub.connection;
      tokens.accepted(token.text);
      unlisten = tokens.listen();
      this.#parts.onUp();
      const end = await ended;
      if (end.of === "hub") tokens.troubled();
      return end;
    } catch (error) {
      tokens.troubled();
      const reason = error instanceof Error ? error.message : String(error);
      return { of: "hub", reason: withoutSecrets(reason, [token.text]) };
    } finally {
      unlisten();
      await this.#discard(hub);
    }
  }

  async #start({ connection }: OpenHub, ended: Promise<HubEnd>): Promise<void> {
    const died = ended.then(({ reason }): never => {
      throw new Error(reason);
    });
    died.catch(() => undefined);
    const { subscriptions } = this.#parts;
    await this.#within("the hub did not connect", Promise.race([connection.start(), died]));
    const answers = subscriptions.map(({ method, args }) => connection.invoke(method, ...args));
    const all = Promise.race([Promise.all(answers), died]);
    await this.#within("the hub did not answer a subscription", all);
  }

  #listen(connection: OpenHub["connection"], generation: number, token: string): void {
    const { clock, events, tokens } = this.#parts;
    for (const [name, take] of Object.entries(events)) {
      connection.on(name, (...args: unknown[]) => {
        if (generation !== this.#generation) return;
        this.#heardMs = clock.monotonicMs();
        try {
          take(...args);
        } catch (error) {
          // The client would only log it; a bug ends the process.
          void Promise.reject(error);
        }
      });
    }
    connection.on("GatewayLogout", () => {
      if (generation !== this.#generation) return;
      tokens.loggedOut(token);
      this.#pauseMs = LOGOUT_PAUSE_MS;
      this.#end(tokens.isDisplaced ? TAKEN_FOR_GOOD : LOGGED_OUT);
    });
  }

  async #discard({ connection, terminate }: OpenHub): Promise<void> {
    this.#live = null;
    this.#generation += 1;
    this.#end = () => undefined;
    try {
      await this.#within("the hub did not stop", connection.stop(), STOP_MS);
    } catch {
      // Whatever it was still doing ends with its socket.
    }
    terminate();
  }

  async #within<T>(late: string, promise: Promise<T>, ms = ANSWER_MS): Promise<T> {
    const done = new AbortController();
    const timeout = this.#parts.clock.sleep(ms, done.signal).then((): never => {
      throw new Error(`${late} within ${ms / 1000} s`);
    });
    timeout.catch(() => undefined);
    promise.catch(() => undefined);
    try {
      return await Promise.race([promise, timeout]);
    } finally {
      done.abort();
    }
  }
}
