import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";
import { Observer } from "./observer.ts";
import { EVERY_DESK } from "./schedule.ts";
import type { Stage, StageParts } from "./stage.ts";

const CONFIG = fileURLToPath(new URL("crash.yaml", import.meta.url));
/** Ten minutes of the market in a second. */
export const SIMULATED_SPEED = 600;
/** More trading days than any round lasts. */
const LAPS = 400;

/** The simulated venue in a process of its own, which outlives every desk. */
export function simulatedStage({ folder }: StageParts): Stage {
  const address = join(folder, "venue.sock");
  return {
    speed: SIMULATED_SPEED,
    habits: { bracketShare: 0.8, leavesStops: false },
    dying: EVERY_DESK,
    startVenue(log) {
      const args = ["--config", CONFIG, "--listen", address, "--speed", String(SIMULATED_SPEED)];
      return new Child("venue.ts", ["venue", ...args, "--laps", String(LAPS)], { log, env: {} });
    },
    connect: () => Observer.connect(address),
    deskArgs({ data, name }) {
      const where = ["--data", data, "--session", name, "--venue", address];
      return ["replay", "--json", "--no-supervise", "--config", CONFIG, ...where];
    },
  };
}
