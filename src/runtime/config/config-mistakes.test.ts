import { expect, test } from "vitest";
import { storedData } from "#cli/stored-data.ts";
import { emaCross } from "#strategies/ema-cross.ts";
import { MISTAKES } from "./config-mistakes.ts";
import { loadPlan } from "./load-plan.ts";

/** What is told of them does not change when the catalogue grows. */
const ONE_STRATEGY = new Map([[emaCross.name, emaCross]]);

/** What a person reads when the configuration is wrong. */
async function complaint(text: string, env = {}): Promise<string> {
  const world = { env, strategies: ONE_STRATEGY, data: storedData };
  const source = { text, name: "keel.yaml", folder: "." };
  return loadPlan(world, { source, mode: "replay", sessionId: "S1" }).then(
    () => "nothing wrong",
    (error: unknown) => (error as Error).message,
  );
}

const DATA = "data: { sample: gold-2013-10-08 }";

test.each(MISTAKES)("$what is told with its line", async ({ text, says, env }) => {
  expect(await complaint(text, env)).toBe(says);
});

test("every problem of a file is told at once, in the order of its lines", async () => {
  const text = `accounts:
  A: { balance: -1 }
bots:
  - bot: { id: b }
    account: B
    instrument: { symbol: XX }
    strategy: { type: ema-cross, params: { fast: 0 } }
data: { sample: gold-2013-10-08 }
speed: 3
`;

  const lines = (await complaint(text)).split("\n").map((line) => line.split(": expected")[0]);

  expect(lines).toEqual([
    "keel.yaml:2:17  accounts.A.balance",
    "keel.yaml:5:14  bots[0].account",
    "keel.yaml:6:27  bots[0].instrument.symbol",
    "keel.yaml:7:50  bots[0].strategy.params.fast",
    "keel.yaml:9:1  speed",
  ]);
});

test("aliases cannot make a small file large", async () => {
  const layers = Array.from(
    { length: 9 },
    (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index},`.repeat(9)}]`,
  );
  const bomb = `l0: &l0 [1,1,1,1,1,1,1,1,1]\n${layers.join("\n")}\n`;

  expect(await complaint(bomb)).toContain(
    "expected at most 100 aliases, found more; write the value out",
  );
});

test("an alias inside its own value ends", async () => {
  expect(await complaint(`accounts: &a { A: *a }\n${DATA}\n`)).toContain("expected at most");
});
