import { once } from "node:events";
import { Worker } from "node:worker_threads";

export const BENCH_USER = { userName: "bench", apiKey: "bench-key", hasApi: true };
export const VENUE_ACCOUNT = "PRAC-V2-1";

export type GatewayWishes = {
  /** Market milliseconds between trades; null for a quote each second and no trades. */
  readonly rowEveryMs: number | null;
  readonly seconds: number;
  readonly startAfterMs: number;
  readonly speed: number;
};

/** A text that passed between desk and gateway, and when, by the clock of `process.hrtime`. */
export type Passed = { readonly what: string; readonly atMs: number };

/** A practice gateway in another thread. The desk talks to `url`, which notes what passes; others to the gateway itself. */
export class GatewayThread {
  readonly url: string;
  readonly passed: Passed[] = [];
  readonly #gatewayUrl: string;
  readonly #worker: Worker;

  private constructor(worker: Worker, urls: { readonly url: string; readonly gatewayUrl: string }) {
    this.#worker = worker;
    this.url = urls.url;
    this.#gatewayUrl = urls.gatewayUrl;
    worker.on("message", (message: Passed) => void this.passed.push(message));
  }

  static async open(wishes: GatewayWishes): Promise<GatewayThread> {
    const worker = new Worker(new URL("gateway-worker.ts", import.meta.url), {
      workerData: wishes,
    });
    const [urls] = (await once(worker, "message")) as [{ url: string; gatewayUrl: string }];
    return new GatewayThread(worker, urls);
  }

  async fault(kind: string, settings: object = {}): Promise<void> {
    await this.post("/practice/faults", { kind, ...settings });
  }

  async get(path: string): Promise<unknown> {
    return (await fetch(`${this.#gatewayUrl}${path}`)).json();
  }

  async post(path: string, body: object, authorization?: string): Promise<void> {
    const headers = {
      "content-type": "application/json",
      ...(authorization === undefined ? {} : { authorization }),
    };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const { status } = await fetch(`${this.#gatewayUrl}${path}`, init);
    if (status !== 200) throw new Error(`Expected ${path} to be taken, found HTTP ${status}`);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Now, by the clock that what passed is stamped with. */
export function hrMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
