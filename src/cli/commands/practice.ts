import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { factor, instant, laps, override } from "#cli/arguments.ts";
import type { CommandFrame } from "#cli/command-frame.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import { CONFIG_HELP, type PlanFlags, SET_HELP, planFor } from "#cli/plan.ts";
import { durationText } from "#cli/time-text.ts";
import type { EpochMs } from "#core/domain/units.ts";

type PracticeFlags = PlanFlags & {
  readonly port: number;
  readonly speed?: number;
  readonly lockstep: boolean;
  readonly from?: EpochMs;
  readonly laps: number;
  readonly state?: string;
};

const PORT = 7610;
/** A day in less than a tenth of a second: nobody is that fast. */
const UNPACED = 1_000_000;
const STATE_HELP =
  "folder that makes it the same venue again after it was killed; else it begins anew";

export function addPractice(program: Command, frame: CommandFrame): void {
  const practice = program
    .command("practice")
    .description("run a venue on this machine that speaks like a real one");
  practice
    .command("projectx")
    .description("the ProjectX gateway (TopstepX and others): REST and hubs over recorded data")
    .option("--port <number>", "port of 127.0.0.1 to listen on; 0 takes a free one", port, PORT)
    .option("--config <file>", CONFIG_HELP)
    .option("--set <path=value>", SET_HELP, override, [])
    .option(
      "--speed <factor>",
      "market seconds per second, at most; 1, in lockstep as fast as it goes",
      factor,
    )
    .option("--lockstep", "let market time wait until the client has handled each instant", false)
    .option("--from <instant>", "where in the data to begin, such as 2013-10-08T14:00:00Z", instant)
    .option("--laps <count>", "play the data so many times, each a trading day later", laps, 1)
    .option("--state <folder>", STATE_HELP)
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await serve(frame, command.optsWithGlobals<PracticeFlags>()));
    });
}

async function serve(frame: CommandFrame, flags: PracticeFlags): Promise<ExitCode> {
  const { io, runtime } = frame;
  io.neverWait();
  const plan = await planFor(frame, flags, { mode: "replay", sessionId: "practice" });
  const { userName, apiKey } = plan.practice;
  await runtime.servePractice(plan, {
    port: flags.port,
    speed: flags.speed ?? (flags.lockstep ? UNPACED : 1),
    lockstep: flags.lockstep,
    from: flags.from ?? null,
    stateFolder: flags.state === undefined ? null : resolve(io.cwd, flags.state),
    laps: flags.laps,
    onListening: (url) => {
      io.out.write(`The practice gateway listens on ${url}\n`);
      io.out.write(`User ${userName}, API key ${apiKey}\n`);
      const { speed = 1, lockstep } = flags;
      if (speed > 1 && !lockstep) io.out.write(`${fastText(speed)}\n`);
    },
    stop: io.stop,
  });
  return EXIT.interrupted;
}

/** Whatever a desk and its venue need for an answer is as much longer in the time of the market. */
function fastText(speed: number): string {
  return `At a speed of ${speed} an answer that takes 100 ms takes ${durationText(speed * 100)} of the market: with --lockstep time waits for keel start`;
}

function port(text: string): number {
  const number = /^\d{1,5}$/u.test(text) ? Number(text) : 65_536;
  if (number <= 65_535) return number;
  throw new InvalidArgumentError("Expected a port from 0 to 65535.");
}
