import type { VenueHealth } from "#ports/venue-health.ts";
import { aSessionConfig } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayThread, hrMs } from "./live/gateway-thread.ts";
import { LiveDesk } from "./live/live-desk.ts";
import { type Finding, atMost } from "./measure.ts";

const CUTS = 1_000;
const HOWS = ["tcp", "close", "closeReconnect", "normal"] as const;
const HUBS = [null, "user", "market"] as const;
const GOAL = 1;

/**
 * A thousand forced cuts of the hubs: the desk comes back each time with one attempt, in the end each hub has one
 * connection, and no request was one too many for the gateway. Attempts, against two at the start and one for each
 * hub that was cut.
 */
export async function benchCuts(): Promise<readonly Finding[]> {
  const gateway = await GatewayThread.open({
    rowEveryMs: null,
    seconds: 0,
    startAfterMs: 0,
    speed: 10,
  });
  const desk = new LiveDesk({
    url: gateway.url,
    config: aSessionConfig({ mode: "live" }),
    pauses: "short",
  });
  try {
    await desk.ready();
    const beganMs = hrMs();
    let wanted = 2;
    for (let cut = 0; cut < CUTS; cut += 1) {
      const hub = HUBS[cut % HUBS.length] ?? null;
      wanted += hub === null ? 2 : 1;
      await gateway.fault("hubCut", { hub, how: HOWS[cut % HOWS.length] });
      await eventually(`cut ${cut + 1} to be mended`, () => {
        const { health } = desk;
        return attemptsOf(health) >= wanted && health?.link === "up";
      });
    }
    return [await found(gateway, desk, { wanted, tookMs: hrMs() - beganMs })];
  } finally {
    await desk.close();
    await gateway.close();
  }
}

async function found(
  gateway: GatewayThread,
  desk: LiveDesk,
  { wanted, tookMs }: { readonly wanted: number; readonly tookMs: number },
): Promise<Finding> {
  await desk.ready();
  const attempts = attemptsOf(desk.health);
  const count = (text: string) => gateway.passed.filter(({ what }) => what.includes(text)).length;
  const opened = count("hub opened");
  const open = opened - count("hub closed");
  if (open !== 2) throw new Error(`Expected one connection to each hub, found ${open} in all`);
  const tooMany = count("429");
  if (tooMany > 0) throw new Error(`Expected no HTTP 429, found ${tooMany}`);
  return atMost(GOAL, {
    name: "cuts",
    value: Math.max(attempts, opened),
    unit: "attempts",
    floor: wanted,
    note: `${CUTS} cuts in ${(tookMs / 1_000).toFixed(0)} s; ${opened} sockets opened, no request too many`,
  });
}

function attemptsOf(health: VenueHealth | null): number {
  return (health?.userHub.attempts ?? 0) + (health?.marketHub.attempts ?? 0);
}
