import { expect, test } from "vitest";
import type { LivePlan } from "#runtime/session-plan.ts";
import type { Opening } from "#runtime/session-watch.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import type { Runtime } from "./cli-io.ts";
import { aReport, aStatus, at, keel } from "./cli-scenario.ts";
import { aBusyVenue } from "./venue-scenario.ts";

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
  expect(ended.out).toContain("Session live-20260301-093000 is recorded in /home/ann/keel-data\n");
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

test("a session that was stopped says how to go on, with what matters to it", async () => {
  const { live } = liveSession(aReport({ mode: "paper", stopped: "asked" }));
  const args = `start --config ${defaultConfig} --mode paper --session S7 --set queue.burst=5 --data d`;

  const ended = await keel(args, { strategies, live });

  expect(ended).toMatchObject({ code: 130, err: "" });
  expect(ended.out).toContain(
    "Stopped at 2013-10-08 22:00:00 UTC. To go on:\n" +
      `  keel start --session S7 --data d --config ${defaultConfig} --set queue.burst=5 --mode paper\n`,
  );
  expect(ended.out).not.toContain("before the end of the data");
});

test("a rehearsal that was stopped cannot go on, since its gateway has ended", async () => {
  const { live } = liveSession(aReport({ mode: "live", stopped: "asked" }));
  const startPractice = async () => ({ url: "http://127.0.0.1:1", stop: async () => undefined });

  const ended = await keel("start", { strategies, defaultConfig, live, startPractice });

  expect(ended.code).toBe(130);
  expect(ended.out).toContain("; a rehearsal ends with its gateway, and keel start begins another");
});

test("a session that only recorded says how much, and nothing of orders and money", async () => {
  const report = aReport({ mode: "collect", data: "http://x", roundTrips: [], stopped: "asked" });
  const { live } = liveSession(report);

  const ended = await keel(`start --config ${defaultConfig} --mode collect --session S1`, {
    strategies,
    live,
  });

  expect(ended.out.split("\n").slice(-10)).toEqual([
    "http://x, 2013-10-07 22:00:00 UTC to 2013-10-08 22:00:00 UTC",
    "",
    "Session        S1",
    "Market events  52,377",
    "",
    "Stopped at 2013-10-08 22:00:00 UTC. To go on:",
    `  keel start --session S1 --config ${defaultConfig} --mode collect`,
    "",
    "Market data of http://x were recorded. There were no accounts, and nothing was traded.",
    "",
  ]);
});

test("a session that goes on says where, and a program hears it of the report alone", async () => {
  const opening = {
    kind: "resumed",
    at: at("2013-10-08T14:00Z"),
    held: { positions: [], orders: [] },
  } as const;
  const { live } = liveSession(aReport(), { opening });

  const people = await keel(`start --config ${defaultConfig} --session S7`, { strategies, live });
  const program = await keel(`start --config ${defaultConfig} --json`, { strategies, live });

  expect(people.out).toContain("Session S7 goes on at 2013-10-08 14:00:00 UTC and holds nothing\n");
  expect(JSON.parse(program.out)).toMatchObject({ fingerprint: "f00d" });
});

test.each([
  [{ isDisplaced: true }, 5, "this desk had stopped logging in"],
  [{ isDisplaced: false }, 130, ""],
])("a desk that is stopped with %o at the venue ends with %i", async (venue, code, message) => {
  const { live } = liveSession(aReport({ stopped: "asked" }), { status: aBusyVenue(venue) });

  const ended = await keel(`start --config ${defaultConfig}`, { strategies, live });

  expect(ended.code).toBe(code);
  expect(ended.err).toContain(message);
});

test("a supervised session is the same one in a process of its own", async () => {
  const asked: (readonly string[])[] = [];
  const supervise = async (args: readonly string[]): Promise<number> => {
    asked.push(args);
    return 5;
  };
  const startPractice = async () => ({ url: "http://127.0.0.1:1", stop: async () => undefined });

  const venue = await keel(`start --config my.yaml --mode shadow --session S7 --supervise`, {
    strategies,
    supervise,
  });
  const rehearsal = await keel("start --supervise --json", {
    strategies,
    supervise,
    startPractice,
    defaultConfig,
  });

  expect([venue.code, rehearsal.code]).toEqual([5, 5]);
  expect(asked.map((one) => one.join(" "))).toEqual([
    "start --no-supervise --data /home/ann/keel-data --session S7 --config my.yaml --mode shadow",
    "start --no-supervise --data /home/ann/keel-data --session live-20260301-093000 " +
      `--config ${defaultConfig} --set connection.api=http://127.0.0.1:1 --json`,
  ]);
});

test.each([
  [`start --config ${defaultConfig} --speed 60`, "Expected no --speed beside --config"],
  [
    `start --config ${defaultConfig} --set connection.venue=projectx --set connection.api=https://api.example.com --set accounts.PRACTICE-1.arming=observe --set connection.key=Zx7`,
    "Expected connection.key in the file, found it as an argument",
  ],
])("keel %s is wrong usage", async (args, message) => {
  const ended = await keel(args, { strategies });

  expect(ended).toMatchObject({ code: 2, out: "" });
  expect(ended.err).toContain(message);
  expect(ended.err).not.toContain("Zx7");
});

test("start knows its modes", async () => {
  const ended = await keel("start --mode papper", { strategies, defaultConfig });

  expect(ended.code).toBe(2);
  expect(ended.err).toContain("live, paper, shadow, collect");
});

/** Tells its opening and a status, and ends with a report. */
function liveSession(
  report = aReport(),
  told: { readonly opening?: Opening; readonly status?: DeskStatus } = {},
) {
  const asked: LivePlan[] = [];
  const live: Runtime["live"] = async (plan, { watch }) => {
    asked.push(plan);
    watch?.onOpening?.(told.opening ?? { kind: "new" });
    watch?.onStatus?.(told.status ?? aStatus());
    return report;
  };
  return { asked, live };
}
