import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { type AttachedOptions } from "#runtime/attached.ts";
import { runCollect } from "#runtime/collect.ts";
import { runLive } from "#runtime/live.ts";
import { runPaper } from "#runtime/paper.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { ConnectionPlan, LivePlan } from "#runtime/session-plan.ts";
import { runShadow } from "#runtime/shadow.ts";
import type { World } from "#runtime/world.ts";
import { withoutSecrets } from "#storage/secrets/secret-variable.ts";
import { pooledHttp } from "#venues/net/pooled-http.ts";
import type { Runtime } from "./cli-io.ts";
import { projectXRemote } from "./projectx-remote.ts";
import { type VenueSession, type VenueSessionParts, openVenueSession } from "./venue-session.ts";

const MODES = { live: runLive, paper: runPaper, shadow: runShadow, collect: runCollect } as const;
const RANDOM_STEPS = 1_000_000;

/** A session at the venue of its plan. */
export async function runAtVenue(
  world: World,
  plan: LivePlan,
  { apiKey, ...options }: Omit<AttachedOptions, "venue"> & { readonly apiKey: string },
): Promise<SessionReport> {
  const { mode } = plan.config;
  if (mode === "backtest" || mode === "replay") {
    throw new TypeError(`Expected a mode that runs over a venue, found ${mode}`);
  }
  const http = pooledHttp();
  const venue = projectXRemote(
    {
      clock: world.clock,
      http: http.send,
      random,
      onAlert: (alert) => options.watch?.onAlert?.({ kind: "alert", ...alert }, world.clock.now()),
    },
    plan,
    apiKey,
  );
  try {
    return await MODES[mode](world, plan, { ...options, venue });
  } finally {
    http.close();
  }
}

/** A session at a venue without a desk; errors as of `openVenueSession`. */
export function lookAtVenue(
  parts: Pick<VenueSessionParts, "clock" | "signal" | "apiKey">,
  connection: ConnectionPlan,
): Promise<VenueSession> {
  return openVenueSession({ ...parts, http: pooledHttp(), random }, connection);
}

function random(): number {
  return randomInt(RANDOM_STEPS) / RANDOM_STEPS;
}

/** The practice gateway of the sample in a process of its own, told over a channel when this one has gone. */
export function startPractice({
  speed,
  set,
  stop,
}: Parameters<Runtime["startPractice"]>[0]): ReturnType<Runtime["startPractice"]> {
  const [, main = ""] = process.argv;
  const options = set.flatMap((text) => ["--set", text]);
  const pace = ["--lockstep", "--speed", String(speed)];
  const args = ["practice", "projectx", "--port", "0", ...pace, ...options];
  const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: withoutSecrets(process.env),
    // Ctrl-C in the terminal is for the desk: it still has to cancel at the venue.
    detached: true,
  });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  const end = (): Promise<void> => {
    child.kill("SIGTERM");
    return exited;
  };
  return new Promise((resolve, reject) => {
    let said = "";
    stop.addEventListener("abort", () => reject(new Error("Stopped before the gateway was there")));
    child.once("error", reject);
    void exited.then(() => reject(new Error(`The practice gateway has ended: ${said}`)));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const [, url] = /listens on (\S+)/u.exec(said) ?? [];
      if (url !== undefined) resolve({ url, stop: end });
    });
  });
}
