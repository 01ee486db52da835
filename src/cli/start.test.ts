import { expect, test } from "vitest";
import type { LivePlan } from "#runtime/session-plan.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import type { Runtime } from "./cli-io.ts";
import { aReport, keel } from "./cli-scenario.ts";

const strategies = STRATEGIES;
const defaultConfig = new URL("../../config/sample.yaml", import.meta.url).pathname;

test("start rehearses the sample day at a practice gateway of its own", async () => {
  const { asked, live } = liveSession();
  const started: Parameters<Runtime["startPractice"]>[0][] = [];
  let isStopped = false;
  const startPractice: Runtime["startPractice"] = async (options) => {
    started.push(options);
    const stop = async (): Promise<void> => void (isStopped = true);
    return { url: "http://127.0.0.1:40123", stop };
  };

  const ended = await keel("start", { strategies, defaultConfig, live, startPractice });

  expect(ended).toMatchObject({ code: 0, err: "" });
  expect(ended.out).toContain("Fingerprint    f00d");
  expect(started).toMatchObject([{ speed: 600 }]);
  expect(isStopped).toBe(true);
  expect(asked[0]?.connection).toMatchObject({
    kind: "projectx-practice",
    apiUrl: "http://127.0.0.1:40123",
  });
  expect(asked[0]?.config).toMatchObject({ mode: "live", accounts: [{ arming: "trade" }] });
});

test("start with a configuration goes to the venue it names, in the mode that is asked for", async () => {
  const { asked, live } = liveSession();

  const args = `start --config ${defaultConfig} --mode paper --session S7`;
  const ended = await keel(args, { strategies, live });

  expect(ended.code).toBe(0);
  expect(asked[0]).toMatchObject({
    config: { mode: "paper", sessionId: "S7" },
    connection: { apiUrl: "http://127.0.0.1:7610" },
  });
});

test("start knows its modes", async () => {
  const ended = await keel("start --mode papper", { strategies, defaultConfig });

  expect(ended.code).toBe(2);
  expect(ended.err).toContain("live, paper, shadow, collect");
});

function liveSession() {
  const asked: LivePlan[] = [];
  const live: Runtime["live"] = async (plan) => {
    asked.push(plan);
    return aReport();
  };
  return { asked, live };
}
