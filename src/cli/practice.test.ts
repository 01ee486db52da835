import { expect, test } from "vitest";
import type { LoadedPlan } from "#runtime/config/load-plan.ts";
import type { ServePracticeOptions } from "#runtime/practice-parts.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { keel } from "./cli-scenario.ts";

const strategies = STRATEGIES;
const CONFIG = new URL("../../config/sample.yaml", import.meta.url).pathname;

test("the practice gateway is served as asked and tells how to log in", async () => {
  const served: { plan: LoadedPlan; options: ServePracticeOptions }[] = [];
  const servePractice = async (plan: LoadedPlan, options: ServePracticeOptions): Promise<void> => {
    options.onListening("http://127.0.0.1:7611");
    served.push({ plan, options });
  };

  const ended = await keel(
    `practice projectx --config ${CONFIG} --port 7611 --speed 60 --lockstep --state s --set practice.userName=ann`,
    { strategies, servePractice },
  );

  expect(ended).toEqual({
    code: 130,
    out: "The practice gateway listens on http://127.0.0.1:7611\nUser ann, API key practice-key\n",
    err: "",
  });
  expect(served).toMatchObject([
    {
      plan: { practice: { userName: "ann", events: "live" } },
      options: {
        port: 7611,
        speed: 60,
        lockstep: true,
        from: null,
        laps: 1,
        stateFolder: "/home/ann/s",
      },
    },
  ]);
});

test("at a speed that answers cannot keep up with, lockstep is named", async () => {
  const servePractice = async (_plan: LoadedPlan, options: ServePracticeOptions) => {
    options.onListening("http://127.0.0.1:7610");
  };
  const run = (args: string) =>
    keel(`practice projectx --config ${CONFIG} ${args}`, { strategies, servePractice });

  const fast = await run("--speed 60");
  const real = await run("--speed 1");

  expect(fast.out.split("\n").at(-2)).toBe(
    "At a speed of 60 an answer that takes 100 ms takes 6 s of the market: with --lockstep time waits for keel start",
  );
  expect(real.out).not.toContain("lockstep");
});

test.each([
  ["practice projectx --port 65536", "Expected a port from 0 to 65535"],
  ["practice projectx --speed max", "Expected a factor above zero such as 60"],
])("keel %s says what it expected", async (args, message) => {
  const ended = await keel(args, { strategies, defaultConfig: CONFIG });

  expect(ended.code).toBe(2);
  expect(ended.err).toContain(message);
});
