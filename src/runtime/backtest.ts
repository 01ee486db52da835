import { Desk } from "#core/desk/desk.ts";
import type { Venue } from "#ports/venue.ts";
import { DeskLoop } from "./desk-loop.ts";
import { openSession, playAll, warmUp } from "./play.ts";
import { Recorder } from "./recorder.ts";
import { ReportTally, type SessionReport, reportOf } from "./report.ts";
import type { SessionPlan } from "./session-plan.ts";
import type { SessionWatch } from "./session-watch.ts";
import { simulatedVenue } from "./simulation.ts";
import { TapePlayer } from "./tape-player.ts";
import type { World } from "./world.ts";

/** Stored data, simulated venue, event time as fast as it goes; neither journal nor tape, the same facts. */
export async function runBacktest(
  world: Pick<World, "hash" | "strategies" | "clock">,
  plan: SessionPlan,
  watch: SessionWatch = {},
): Promise<SessionReport> {
  const desk = new Desk({ strategies: world.strategies });
  const venue = simulatedVenue(plan, "");
  const tally = new ReportTally();
  const recorder = new Recorder({ journal: null, tape: null }, world.hash);
  const outlets = {
    send: (...sent: Parameters<Venue["send"]>) => venue.handle(...sent, desk.now),
    reply: () => undefined,
    ownsLease: () => true,
  };
  const loop = new DeskLoop(desk, recorder, outlets, {
    ...watch,
    onFact(fact, at) {
      tally.add(fact);
      watch.onFact?.(fact, at);
    },
  });
  const source = plan.data.open();
  try {
    const player = new TapePlayer(loop, venue, source.instruments);
    openSession(loop, plan, 1);
    await warmUp(player, loop, { source, plan, until: plan.data.session.from });
    await playAll(player, { source, plan, watch });
    loop.release();
    return reportOf(plan, recorder, { journal: null, tally, stopped: "endOfData" });
  } finally {
    await source.close();
  }
}
