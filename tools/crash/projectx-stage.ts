import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CRASH_POINTS, type CrashPoint } from "#runtime/crash-point.ts";
import { Child } from "./child.ts";
import { GatewayEye } from "./gateway-eye.ts";
import type { Stage, StageParts } from "./stage.ts";

const CONFIG = fileURLToPath(new URL("crash-projectx.yaml", import.meta.url));
/** Slower than at the simulated venue: every order is a request of its own, and so is every look at an account. */
export const PROJECTX_SPEED = 120;
/** A desk that sends no stop does not come there. */
const AT_STOP: CrashPoint = "betweenFillAndStop";
/** More trading days than any round lasts. */
const LAPS = 400;

/**
 * The ProjectX practice gateway in a process of its own, which is the same venue again after it was killed. In every
 * other round it makes the legs of an entry itself.
 */
export function projectXStage({ folder, index }: StageParts): Stage {
  const output = join(folder, "output.log");
  const state = join(folder, "gateway");
  const placesStops = index % 2 === 0;
  const brackets = placesStops ? "desk" : "venue";
  /** It takes a free port first, says which, and the same one from then on. */
  const known = (): string | undefined => {
    if (!existsSync(output)) return undefined;
    return /practice gateway listens on (\S+)/u.exec(readFileSync(output, "utf8"))?.[1];
  };
  const url = (): string => {
    const found = known();
    if (found === undefined) throw new Error("The gateway is not there yet");
    return found;
  };
  return {
    speed: PROJECTX_SPEED,
    habits: { bracketShare: 1, leavesStops: true },
    dying: { sides: "both", points: CRASH_POINTS.filter((one) => placesStops || one !== AT_STOP) },
    startVenue(log) {
      const port = new URL(known() ?? "http://127.0.0.1:0").port;
      const args = ["--config", CONFIG, "--port", port, "--speed", String(PROJECTX_SPEED)];
      const length = ["--laps", String(LAPS), "--state", state];
      return new Child("venue.ts", ["practice", "projectx", ...args, ...length], { log, env: {} });
    },
    connect: async () => GatewayEye.connect(url()),
    deskArgs({ data, name }) {
      const where = ["--data", data, "--session", name, "--set", `connection.api=${url()}`];
      const legs = ["--set", `connection.brackets=${brackets}`];
      return ["start", "--json", "--config", CONFIG, ...where, ...legs];
    },
  };
}
