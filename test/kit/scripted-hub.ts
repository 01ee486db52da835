import type { OpenHub } from "#venues/projectx/hub-connection.ts";

type Connection = OpenHub["connection"];

/** A connection to a hub that is up at once and says what the test says, also when it should be silent. */
export class ScriptedHub {
  readonly connection: Connection;
  readonly #handlers = new Map<string, (...args: unknown[]) => unknown>();
  #closed: Parameters<Connection["onclose"]>[0] = () => undefined;

  constructor() {
    this.connection = {
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
      invoke: <T>() => Promise.resolve(undefined as T),
      send: () => Promise.resolve(),
      on: (name: string, take: (...args: unknown[]) => unknown) => {
        this.#handlers.set(name, take);
      },
      onclose: (told) => void (this.#closed = told),
    };
  }

  readonly terminate = (): void => undefined;

  say(name: string, ...args: readonly unknown[]): void {
    this.#handlers.get(name)?.(...args);
  }

  cut(): void {
    this.#closed(new Error("cut"));
  }
}
