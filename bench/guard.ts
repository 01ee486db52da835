import type { DurationMs } from "#core/domain/units.ts";
import { anAccountConfig, aSessionConfig } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayThread } from "./live/gateway-thread.ts";
import { LiveDesk } from "./live/live-desk.ts";
import { type Finding, atMost, median, quantile } from "./measure.ts";

const BREACHES = 25;
const BOUND_MS = 200;
const ORDER = { accountId: 10_000_001, contractId: "CON.F.US.MGC.J26", type: 2 };
const FILL_TOLD = "GatewayUserTrade";
const CLOSE_SENT = "POST /api/Order/place";

/**
 * An account that is traded elsewhere breaks RULE-001 again and again: from the fill on the user hub to the first byte
 * of the close, as it passes between desk and gateway on the loopback interface, the journal's commit included.
 */
export async function benchGuard(): Promise<readonly Finding[]> {
  const gateway = await GatewayThread.open({
    rowEveryMs: null,
    seconds: 0,
    startAfterMs: 0,
    speed: 10,
  });
  const rules = { max_contracts: { limit: 2 } };
  const reconcileEvery = { idle: 60_000 as DurationMs, exposed: 10_000 as DurationMs };
  const accounts = [anAccountConfig({ arming: "guard", rules })];
  const config = aSessionConfig({ mode: "live", accounts, reconcileEvery });
  const desk = new LiveDesk({ url: gateway.url, config });
  const tookMs: number[] = [];
  try {
    await desk.ready();
    for (let breach = 0; breach < BREACHES; breach += 1) {
      await trade(gateway, desk, { side: 0, size: 3 });
      await holds(desk, 2);
      tookMs.push(await reaction(gateway));
      await trade(gateway, desk, { side: 1, size: 2 });
      await holds(desk, 0);
      gateway.passed.length = 0;
    }
  } finally {
    await desk.close();
    await gateway.close();
  }
  return [
    atMost(1, {
      name: "guard",
      value: median(tookMs),
      unit: "ms p50",
      floor: BOUND_MS,
      note: `a fixed bound; ${BREACHES} breaches, from the hub's fill to the first byte of the close; slowest ${quantile(tookMs, 1).toFixed(1)} ms`,
    }),
  ];
}

async function reaction({ passed }: GatewayThread): Promise<number> {
  const at = (text: string) => passed.find(({ what }) => what === text)?.atMs;
  const both = () => at(FILL_TOLD) !== undefined && at(CLOSE_SENT) !== undefined;
  await eventually("fill and close to have passed", both);
  return (at(CLOSE_SENT) ?? Number.NaN) - (at(FILL_TOLD) ?? Number.NaN);
}

async function trade(gateway: GatewayThread, desk: LiveDesk, order: object): Promise<void> {
  await gateway.post("/api/Order/place", { ...ORDER, ...order }, desk.authorization);
}

async function holds(desk: LiveDesk, qty: number): Promise<void> {
  await desk.until(`${qty} lots`, ({ positions, orders, enforcements }) => {
    const held = positions.reduce((sum, { position }) => sum + position.qty, 0);
    return held === qty && orders.length === 0 && enforcements.length === 0;
  });
}
