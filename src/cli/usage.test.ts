import { expect, test } from "vitest";
import { NoDeskError } from "#runtime/control.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { keel } from "./cli-scenario.ts";

const strategies = STRATEGIES;
const SUBMIT = "keel submit [options] <account> <side> <qty> <symbol>";

test.each([
  ["submit PRACTICE-1", "Expected <side>, found nothing", SUBMIT],
  ["submit A buy 0 MGC", 'Expected a whole number of lots, 1 or more, found "0" as <qty>', SUBMIT],
  ["submit A long 1 MGC", 'Expected one of buy, sell, found "long" as <side>', SUBMIT],
  [
    "submit A buy 1 MGC --limit 13e2",
    'Expected a price such as 1320.5, found "13e2" after --limit',
    SUBMIT,
  ],
  ["submit A buy 1 MGC --limit", "Expected <price> after --limit, found nothing", SUBMIT],
  ["venue", "Expected --listen <address>, found nothing", "keel venue [options]"],
  ["status now please", "Expected no arguments, found now please", "keel status [options]"],
  ["verify a b", "Expected 1 argument at most, found a b", "keel verify [options] [session]"],
  ["halt --account A --bot b", "Expected --account or --bot, found both", "keel halt [options]"],
  [
    "replay --speed 0",
    'Expected a factor above zero such as 60, or max, found "0" after --speed',
    "keel replay [options]",
  ],
  [
    "replay --set balance",
    'Expected a path and a value such as accounts.PRACTICE-1.balance=10000 or bots[0].bot.enabled=false, found "balance"',
    "keel replay [options]",
  ],
  [
    "staus",
    "Expected a command of keel, found staus; did you mean status?",
    "keel [options] [command]",
  ],
  [
    "status --jsno",
    "Expected an option of keel status, found --jsno; did you mean --json?",
    "keel status [options]",
  ],
  [
    "status --session x",
    "Expected an option of keel status, found --session; keel start and keel replay have it",
    "keel status [options]",
  ],
  [
    "status --config x",
    "Expected an option of keel status, found --config; keel start, keel replay and 6 more have it",
    "keel status [options]",
  ],
])("keel %s is told as any other mistake, with the usage", async (args, sentence, usage) => {
  expect(await keel(args, { strategies })).toEqual({
    code: 2,
    out: "",
    err: `${sentence}\nUsage: ${usage}\n`,
  });
});

test.each([
  ["staus --help", "Expected a command of keel, found staus; did you mean status?"],
  ["help staus", "Expected a command of keel, found staus; did you mean status?"],
  [
    "--json frobnicate --help",
    "Expected a command of keel, found frobnicate; keel --help lists them",
  ],
  ["journal dmp --help", "Expected a command of keel journal, found dmp; did you mean dump?"],
])("keel %s has no help to give", async (args, sentence) => {
  const ended = await keel(args, { strategies });

  expect(ended).toMatchObject({ code: 2, out: "" });
  expect(ended.err).toContain(sentence);
});

test.each([
  [
    "staus --json",
    2,
    {
      error: "Expected a command of keel, found staus; did you mean status?",
      expected: "a command of keel",
      found: "staus",
      hint: "did you mean status?",
      exitCode: 2,
    },
  ],
  [
    "status --json",
    4,
    {
      error: "No desk answers on keel.sock",
      expected: "a running desk",
      found: "No desk answers on keel.sock",
      hint: "start one with keel start or keel replay, or name its data folder with --data",
      exitCode: 4,
    },
  ],
  [
    "verify --json",
    7,
    {
      error:
        "Expected a recorded session in /home/ann/keel-data, found none; run keel replay, or name the folder with --data",
      expected: "a recorded session in /home/ann/keel-data",
      found: "none",
      hint: "run keel replay, or name the folder with --data",
      exitCode: 7,
    },
  ],
])("a program that asks keel %s reads one value of what went wrong", async (args, code, told) => {
  const askDesk = async (): Promise<never> => {
    throw new NoDeskError("No desk answers on keel.sock");
  };

  const ended = await keel(args, { strategies, askDesk });

  expect(ended).toMatchObject({ code, out: "" });
  expect(JSON.parse(ended.err)).toEqual(told);
});

test("a program whose request was not answered reads how to find out", async () => {
  const askDesk = async (): Promise<never> => {
    throw new TypeError("the connection broke");
  };

  const ended = await keel("flatten A --json", { strategies, askDesk });

  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.err)).toMatchObject({
    error: "the connection broke",
    hint: "to find out, repeat it with --request-id id-1",
    exitCode: 1,
  });
});
