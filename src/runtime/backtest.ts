import { historyFrom, playAll, warmUp } from "./play.ts";
import type { SessionReport } from "./report.ts";
import type { SessionPlan } from "./session-plan.ts";
import type { SessionWatch } from "./session-watch.ts";
import { Session } from "./session.ts";
import { simulatedVenue } from "./simulation.ts";
import { TapePlayer } from "./tape-player.ts";
import type { World } from "./world.ts";

/** Stored data, simulated venue, event time as fast as it goes; neither journal nor tape, the same facts. */
export async function runBacktest(
  world: Pick<World, "clock" | "hash" | "strategies">,
  plan: SessionPlan,
  watch: SessionWatch = {},
): Promise<SessionReport> {
  const venue = simulatedVenue(plan, "");
  const session = new Session(world, {
    plan,
    files: null,
    watch,
    venue: "thisProcess",
    send: (command) => venue.handle(command, session.desk.now),
  });
  const { from } = plan.data.session;
  const source = plan.data.open();
  try {
    const player = new TapePlayer(session.loop, venue, source.instruments);
    session.begin(from);
    await warmUp(player, session.loop, {
      source,
      from: historyFrom(plan),
      until: from,
    });
    await playAll(player, { source, plan, watch });
    session.loop.release();
    return session.report("endOfData");
  } finally {
    await source.close();
  }
}
