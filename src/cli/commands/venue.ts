import type { Command } from "commander";
import { factor, instant, laps, override } from "#cli/arguments.ts";
import { orUsage } from "#cli/ask.ts";
import type { CommandFrame } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { CONFIG_HELP, type PlanFlags, SET_HELP, planFor } from "#cli/plan.ts";
import type { EpochMs } from "#core/domain/units.ts";
import { localAddress } from "#ports/local-address.ts";

type VenueFlags = PlanFlags & {
  readonly listen: string;
  readonly speed: number;
  readonly from?: EpochMs;
  readonly laps: number;
};

export function addVenue(program: Command, frame: CommandFrame): void {
  program
    .command("venue")
    .description("run the simulated venue by itself: it owns market time, desks come and go")
    .requiredOption("--listen <address>", "where desks connect: a socket file or 127.0.0.1:<port>")
    .option("--config <file>", CONFIG_HELP)
    .option("--set <path=value>", SET_HELP, override, [])
    .option("--speed <factor>", "market seconds per second", factor, 1)
    .option("--from <instant>", "where in the data to begin, such as 2013-10-08T14:00:00Z", instant)
    .option("--laps <count>", "play the data so many times, each a trading day later", laps, 1)
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await serve(frame, command.optsWithGlobals<VenueFlags>()));
    });
}

async function serve(frame: CommandFrame, flags: VenueFlags): Promise<ExitCode> {
  const { io, runtime } = frame;
  const { listen, speed: factor, from = null, laps: count } = flags;
  orUsage(() => localAddress(listen));
  io.neverWait();
  const plan = await planFor(frame, flags, { mode: "replay", sessionId: "venue" });
  await runtime.serveVenue(plan, {
    listen,
    speed: factor,
    from,
    laps: count,
    onListening: () => io.out.write(`The venue listens on ${listen}\n`),
    stop: io.stop,
  });
  return EXIT.interrupted;
}
