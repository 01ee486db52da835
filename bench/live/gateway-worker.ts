import { type Socket, connect, createServer } from "node:net";
// A practice gateway in a thread of its own, behind a relay that notes when something passed it.
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import { epochMs, moneyFrom } from "#core/domain/units.ts";
import { DEFAULT_FILL_MODEL } from "#core/matching/fill-model.ts";
import { serveGateway } from "#practice/projectx/serve-gateway.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { GOLD, OPENING } from "#test/kit/builders.ts";
import { type Row, memorySource } from "#test/kit/memory-source.ts";
import { BENCH_USER, type GatewayWishes, type Passed, VENUE_ACCOUNT } from "./gateway-thread.ts";

const { rowEveryMs, seconds, speed, startAfterMs } = workerData as GatewayWishes;
const LOOPBACK = "127.0.0.1";
/** Wanted texts, by the way they go. */
const TO_DESK = [/GatewayUserTrade/u, /HTTP\/1\.1 429/u];
const TO_VENUE = [/POST \/api\/Order\/place/u];
/** Of a trade; quotes tell the volume of the day. */
const VOLUME = /"type":[01],"volume":(\d+)/gu;
const HUB = /GET \/hubs\/(?:user|market)\?/u;

void serveGateway(
  {
    clock: realClock,
    instruments: [GOLD],
    machine: { fillModel: { ...DEFAULT_FILL_MODEL, limitFill: "touch" } },
    source: source(),
    history: source(),
    period: { historyFrom: OPENING, from: OPENING, until: epochMs(OPENING + 36_000_000) },
    speed,
    lockstep: false,
    settings: {
      user: BENCH_USER,
      accounts: [
        {
          name: VENUE_ACCOUNT,
          balance: moneyFrom(50_000),
          maxLoss: null,
          dailyLoss: null,
          maxContracts: null,
          brackets: "autoOco",
          apiTrading: true,
        },
      ],
      shape: "live",
      flatByClose: false,
    },
    stateFolder: null,
    secret: () => String(process.hrtime.bigint()),
  },
  {
    address: { host: LOOPBACK, port: 0 },
    onListening: (url) => relay(url),
    stop: new AbortController().signal,
  },
);

/** A quote at the beginning, then trades whose quantities number them. */
function source() {
  const first = { at: OPENING, price: [26_500, 26_501] as const, qty: 10 };
  const count = rowEveryMs === null ? 0 : (seconds * 1_000) / rowEveryMs;
  const trades = Array.from({ length: count }, (_, index): Row => {
    const at = OPENING + startAfterMs + Math.floor(index * (rowEveryMs ?? 0));
    return { at, price: 26_500 + (index % 2), qty: index + 1 };
  });
  const quotes = Array.from({ length: 36_000 }, (_, second): Row => {
    return { ...first, at: OPENING + (second + 1) * 1_000 };
  });
  const later = rowEveryMs === null ? quotes : trades;
  return memorySource(GOLD.id, [first, ...later], 1_000);
}

function relay(gatewayUrl: string): void {
  const port = Number(new URL(gatewayUrl).port);
  const server = createServer({ noDelay: true }, (desk) => {
    const venue = connect({ host: LOOPBACK, port, noDelay: true });
    noteHub(desk);
    pass(desk, venue, TO_VENUE);
    pass(venue, desk, TO_DESK);
  });
  server.listen(0, LOOPBACK, () => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("Expected a port");
    say({ gatewayUrl, url: `http://${LOOPBACK}:${address.port}` });
  });
}

/** One end of a hub's connection; a connection that is no hub's says nothing. */
function noteHub(desk: Socket): void {
  let isHub = false;
  desk.on("data", (chunk: Buffer) => {
    if (isHub || !HUB.test(chunk.toString("latin1"))) return;
    isHub = true;
    note({ what: "hub opened", atMs: 0 });
  });
  desk.on("close", () => {
    if (isHub) note({ what: "hub closed", atMs: 0 });
  });
}

function pass(from: Socket, to: Socket, wanted: readonly RegExp[]): void {
  from.on("data", (chunk: Buffer) => {
    const atMs = Number(process.hrtime.bigint()) / 1e6;
    to.write(chunk);
    const text = chunk.toString("latin1");
    for (const pattern of wanted) {
      const found = pattern.exec(text)?.[0];
      if (found !== undefined) note({ what: found, atMs });
    }
    if (!text.includes("GatewayTrade")) return;
    for (const [, volume] of text.matchAll(VOLUME)) note({ what: `trade ${volume}`, atMs });
  });
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}

function note(passed: Passed): void {
  say(passed);
}

function say(message: object): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message);
}
