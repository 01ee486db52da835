import { expect, test } from "vitest";
import { storedData } from "#cli/stored-data.ts";
import { sessionId } from "#core/domain/ids.ts";
import { TRADE_ROW } from "#core/market/tick-block.ts";
import type { SessionReport } from "#runtime/report.ts";
import { GOLD_SAMPLE } from "#storage/catalog/sample.ts";
import { dataFolder, sessionFolder } from "#storage/session-folder.ts";
import { openTapeReader } from "#storage/tape-file.ts";
import type { GatewayClient } from "#test/kit/gateway-client.ts";
import { SAMPLE_CONFIG, gatewayProcess } from "#test/kit/gateway-process.ts";
import { type Ended, KeelProcess, keel } from "#test/kit/keel-process.ts";
import { temporaryFolder } from "#test/kit/practice-venue.ts";

// The sample day over real sockets, with desk and gateway as processes of their own that wait for each other.

const OPTIONS = { timeout: 300_000 };
/** A session over a venue takes a minute for stale where the sample's own silence says less. */
const AS_OVER_A_VENUE = ["--set", "accounts.PRACTICE-1.limits.staleAfter=1m"];
const ORDER_CALLS = [
  "Order/place",
  "Order/modify",
  "Order/cancel",
  "Position/closeContract",
  "Position/partialCloseContract",
];

test("live at the practice gateway trades as a replay without latency does", OPTIONS, async () => {
  const { ended, gateway } = await dayOver("live");

  const report = reportOf(ended);
  const { working, positions, orders } = await gateway.holdings();
  const { roundTrips, netPnl } = await backtest("0ms");
  expect(report).toMatchObject({ stopped: "endOfData", breaches: 0, denials: 0 });
  expect(report.roundTrips).toEqual(roundTrips);
  expect(report.netPnl).toBe(netPnl);
  expect(roundTrips.length).toBeGreaterThanOrEqual(8);
  expect([working, positions]).toEqual([[], []]);
  expect(orders.filter(({ received }) => received !== 1)).toEqual([]);
  expect(new Set(orders.map(({ customTag }) => customTag)).size).toBe(orders.length);
});

test.each([
  ["paper", "0ms"],
  ["paper", "20ms"],
  ["shadow", "20ms"],
])(
  "%s over it trades as a replay whose orders take %s each way, and asks for no order",
  OPTIONS,
  async (mode, latency) => {
    const { ended, gateway } = await dayOver(mode, ...latencyOf(latency));

    const report = reportOf(ended);
    const { roundTrips } = await backtest(latency);
    const { orders, positions } = await gateway.holdings();
    expect(report.roundTrips).toEqual(roundTrips);
    expect(report.stopped).toBe("endOfData");
    expect(await orderCalls(gateway)).toEqual([]);
    expect([orders, positions]).toEqual([[], []]);
  },
);

test(
  "collect keeps every trade of the day on its tape and asks for nothing else",
  OPTIONS,
  async () => {
    const { ended, gateway, folder } = await dayOver("collect");

    const report = reportOf(ended);
    const { tape } = sessionFolder(dataFolder(folder), sessionId("D"));
    const { session } = await storedData.sample(GOLD_SAMPLE);
    // Before the day are the bars that warm up the views.
    const recorded = [...openTapeReader(tape).events()]
      .filter(({ kind, at }) => kind === 0 && at > session.from)
      .map(({ at, price, qty }) => `${at} ${price} ${qty}`);
    const played = await tradesOfTheDay();
    expect(report).toMatchObject({ stopped: "endOfData", orders: 0, fills: 0 });
    expect(recorded.length).toBeGreaterThan(10_000);
    expect(recorded).toEqual(played);
    expect(await orderCalls(gateway)).toEqual([]);
  },
);

async function dayOver(
  mode: string,
  ...set: readonly string[]
): Promise<{ readonly ended: Ended; readonly gateway: GatewayClient; readonly folder: string }> {
  const folder = temporaryFolder();
  const gateway = await gatewayProcess(folder);
  const session = ["--mode", mode, "--session", "D", "--set", `connection.api=${gateway.url}`];
  const line = ["start", "--config", SAMPLE_CONFIG, ...session, ...set];
  const desk = new KeelProcess(folder, [...line, "--data", folder, "--json"]);
  return { ended: await desk.ended, gateway, folder };
}

/** Which operations that change something were asked for, by whomever. */
async function orderCalls(gateway: GatewayClient): Promise<readonly string[]> {
  const calls = await gateway.calls();
  return ORDER_CALLS.filter((name) => calls[name] !== undefined);
}

async function backtest(latency: string): Promise<SessionReport> {
  const set = [...latencyOf(latency), ...AS_OVER_A_VENUE];
  return reportOf(await keel(temporaryFolder(), "backtest", ...set, "--json"));
}

function latencyOf(latency: string): readonly string[] {
  const ways = ["toVenue", "toDesk"];
  return ways.flatMap((way) => ["--set", `venue.latency.${way}=${latency}`]);
}

function reportOf({ code, out, err }: Ended): SessionReport {
  if (code !== 0) throw new Error(`Expected an end without complaint, found ${code}: ${err}`);
  return JSON.parse(out) as SessionReport;
}

async function tradesOfTheDay(): Promise<readonly string[]> {
  const { session, open } = await storedData.sample(GOLD_SAMPLE);
  const source = open();
  const trades: string[] = [];
  try {
    for await (const { count, kind, at, price, qty } of source.blocks(session)) {
      for (let row = 0; row < count; row += 1) {
        if (kind[row] === TRADE_ROW) trades.push(`${at[row]} ${price[row]} ${qty[row]}`);
      }
    }
  } finally {
    await source.close();
  }
  return trades;
}
