import { object } from "#core/domain/settings.ts";
import type { TradeTick } from "#core/market/trade-tick.ts";
import { sizingSettings } from "#core/strategy/bot-settings.ts";
import { strategy } from "#core/strategy/strategy.ts";
import { aBotConfig, aSessionConfig } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayThread, hrMs } from "./live/gateway-thread.ts";
import { idleThread } from "./live/idle-thread.ts";
import { LiveDesk } from "./live/live-desk.ts";
import { type Finding, atMost, median, quantile, whenQuiet } from "./measure.ts";

const PER_SECOND = 1_000;
const SECONDS = 12;
/** The first of them warm up the engine. */
const LEFT_OUT = 2_000;
const BOUND_MS = 10;
const QUIET_MS = 2;

/** A trade on the market hub until the callback of a strategy, at 1,000 trades a second, journal and tape included. */
export async function benchCallback(): Promise<readonly Finding[]> {
  const rowEveryMs = 1_000 / PER_SECOND;
  const gateway = await GatewayThread.open({
    rowEveryMs,
    seconds: SECONDS,
    startAfterMs: 3_000,
    speed: 1,
  });
  const idle = idleThread();
  const calledMs = new Map<string, number>();
  const listener = strategy({
    name: "listener",
    idea: "Notes when it is called.",
    params: object(sizingSettings),
    create: () => ({
      bars: [],
      onTrade: ({ qty }: TradeTick) => void calledMs.set(`trade ${qty}`, hrMs()),
    }),
  });
  const bots = [aBotConfig({ strategy: listener.name })];
  const desk = new LiveDesk({
    url: gateway.url,
    config: aSessionConfig({ mode: "live", bots }),
    strategies: new Map([[listener.name, listener]]),
  });
  try {
    const last = `trade ${PER_SECOND * SECONDS}`;
    await eventually("the last trade", () => calledMs.has(last), 60_000);
    await eventually("all to have passed", () => gateway.passed.at(-1)?.what === last);
  } finally {
    await desk.close();
    await gateway.close();
  }
  const what = "p99 in ms by which an idle thread woke late";
  const quiet = { found: quantile(await idle.end(), 0.99), bound: QUIET_MS, what };
  return [whenQuiet(quiet, found(gateway, calledMs))];
}

function found({ passed }: GatewayThread, calledMs: ReadonlyMap<string, number>): Finding {
  const told = passed.filter(({ what }) => what.startsWith("trade ")).slice(LEFT_OUT);
  const tookMs = told.map(({ what, atMs }) => (calledMs.get(what) ?? Number.NaN) - atMs);
  const unheard = tookMs.filter(Number.isNaN).length;
  if (unheard > 0) throw new Error(`Expected every trade to be heard, found ${unheard} unheard`);
  const spanMs = (told.at(-1)?.atMs ?? 0) - (told[0]?.atMs ?? 0);
  const perSecond = Math.round((told.length / spanMs) * 1_000);
  return atMost(1, {
    name: "callback",
    value: quantile(tookMs, 0.99),
    unit: "ms p99",
    floor: BOUND_MS,
    note: `a fixed bound; ${told.length} trades at ${perSecond} a second, from the hub to a strategy; p50 ${median(tookMs).toFixed(2)} ms, slowest ${quantile(tookMs, 1).toFixed(1)} ms`,
  });
}
