import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { CliIo } from "#cli/cli-io.ts";
import { textKept } from "#cli/cli-scenario.ts";
import { realRuntime } from "#cli/real-runtime.ts";
import { runCli } from "#cli/run-cli.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { eventually } from "#test/kit/eventually.ts";
import { killGroup } from "#test/kit/keel-process.ts";
import { PRACTICE_USER, practiceGateway } from "#test/kit/practice-gateway.ts";

const KEEL = fileURLToPath(new URL("../../keel.js", import.meta.url));
const KEY = "c4nary-Zx+/=7731";
const WRONG_KEY = "c4nary-wrong-9915";
const PASSPHRASE = "c4nary correct horse battery";
/** The first part of every token of a session. */
const TOKEN = "eyJ";

/** Every command, as it is used beside a desk. New ones are missed by the list of the help. */
const BESIDE_A_DESK = [
  "submit PRACTICE-1 buy 1 MGC --stop-loss 100",
  "start --config CONFIG --session other",
  "status",
  "login check --config CONFIG",
  "accounts --config CONFIG",
  "contracts MGC --config CONFIG",
  "positions --config CONFIG",
  "orders --config CONFIG",
  "modify k1-99 --qty 2",
  "cancel k1-99",
  "reconnect",
  "arm PRACTICE-1 guard",
  "arm PRACTICE-1 trade --confirm PRACTICE-1",
  "halt",
  "halt --state active",
  "close PRACTICE-1 MGC",
  "flatten PRACTICE-1",
  "sessions",
  "secret list",
  "config check CONFIG",
];
const AFTER_IT = [
  "verify s1",
  "journal dump s1",
  "sessions",
  "login check --config CONFIG",
  "login check --config WRONG",
  "accounts --config CONFIG",
  "contracts MGC --config CONFIG",
  "contracts MGC --config DOWN",
  "positions --config CONFIG",
  "orders --config WRONG",
  "config check WRONG",
  "secret remove nothing",
  "backtest --config CONFIG",
  "replay --config CONFIG",
  "venue --config CONFIG --listen 127.0.0.1:none",
  "practice projectx --config CONFIG",
];

test("no command, no journal and no process shows a key, a passphrase or a token", async () => {
  const user = { ...PRACTICE_USER, apiKey: KEY };
  const { url } = await practiceGateway({
    accounts: [{ name: "PRACTICE-1" }],
    settings: { user },
  });
  const machine = aMachine(url);
  const said: string[] = [];
  const run = async (line: string): Promise<void> => {
    for (const json of [[], ["--json"]]) {
      said.push(`${line}\n${await machine.inThisProcess([...machine.words(line), ...json])}`);
    }
  };

  for (const [name, text] of Object.entries({ topstep: KEY, wrong: WRONG_KEY })) {
    const set = await machine.keel(["secret", "set", name, "--file"], text).ended;
    said.push(set.out, set.err);
  }
  const desk = machine.keel(machine.words("start --config CONFIG --session s1"));
  await eventually("the desk", () => desk.told.out.includes("Session s1 is recorded"), 60_000);
  const isReady = async () =>
    (await machine.inThisProcess(["status", "--json"])).includes('"ready":true');
  await eventually("a comparison with the venue", isReady, 60_000);
  for (const line of BESIDE_A_DESK) await run(line);
  const processes = spawnSync("ps", ["-eww", "-o", "args"], { encoding: "utf8" }).stdout;
  desk.child.kill("SIGINT");
  const { out, err } = await desk.ended;
  for (const line of AFTER_IT) await run(line);
  const stuck = machine.keel(machine.words("start --config WRONG --session s2"));
  await eventually("the refusal", () => stuck.told.err.includes("was refused (3)"), 60_000);
  stuck.child.kill("SIGINT");
  const refused = await stuck.ended;

  const used = [...BESIDE_A_DESK, ...AFTER_IT].map((line) => line.split(" ")[0]);
  expect(new Set(await machine.commands())).toEqual(new Set(used));
  expect(said.find((one) => one.startsWith("submit"))).toContain("Accepted: order");
  expect(processes).toContain("--session s1");
  const texts = {
    said: said.join("\n"),
    out,
    err,
    refused: Object.values(refused).join(),
    processes,
  };
  for (const [what, text] of Object.entries(texts)) {
    for (const secret of SECRETS) expect(shownIn(text, secret), `${secret} in ${what}`).toBe("");
  }
  for (const path of machine.files()) {
    const text = readFileSync(path, "latin1");
    for (const secret of SECRETS) expect(text.includes(secret), `${secret} in ${path}`).toBe(false);
  }
});

const SECRETS = [KEY, WRONG_KEY, PASSPHRASE, TOKEN];

/** The surroundings of a secret, for whoever has to find out where it got away. */
function shownIn(text: string, secret: string): string {
  const at = text.indexOf(secret);
  return at < 0 ? "" : text.slice(Math.max(0, at - 200), at + 40);
}

const nobody = (): Promise<never> => Promise.reject(new Error("nobody is asked or served"));
const NOTHING_SERVED = {
  strategies: STRATEGIES,
  version: "1.2.3",
  serveVenue: nobody,
  serveGateway: nobody,
};

type Told = { out: string; err: string };
type Running = {
  readonly child: ChildProcess;
  readonly told: Readonly<Told>;
  readonly ended: Promise<Readonly<Told>>;
};

/** A data folder, its configurations, and `keel` with a passphrase in its environment. */
function aMachine(url: string) {
  const folder = new TemporaryFolder();
  const data = folder.file("data");
  const config = (name: string, api: string, secret: string): string => {
    const path = folder.file(`${name}.yaml`);
    const connection = `{ venue: projectx-practice, api: "${api}", user: practice, key: { secret: ${secret} } }`;
    writeFileSync(
      path,
      `accounts: { PRACTICE-1: { balance: 50000, limits: { instruments: [MGC] } } }\nconnection: ${connection}\n`,
    );
    return path;
  };
  const places: Readonly<Record<string, string>> = {
    CONFIG: config("right", url, "topstep"),
    WRONG: config("wrong", url, "wrong"),
    DOWN: config("down", "http://127.0.0.1:1", "topstep"),
  };
  const env = { ...process.env, KEEL_DATA: data, KEEL_PASSPHRASE: PASSPHRASE };
  const keel = (args: readonly string[], piped = ""): Running => {
    const child = spawn(process.execPath, [KEEL, ...args], {
      cwd: folder.path,
      detached: true,
      env,
    });
    onTestFinished(() => killGroup(child.pid ?? 0));
    const told: Told = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (told.out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (told.err += text));
    child.stdin.end(piped);
    return { child, told, ended: once(child, "close").then(() => told) };
  };
  const inThisProcess = async (args: readonly string[]): Promise<string> => {
    let said = "";
    const output = { ...textKept((text) => (said += text)), isTty: false };
    const io: CliIo = {
      out: output,
      err: output,
      neverWait: () => undefined,
      input: { isTty: false, ask: nobody, read: async () => "" },
      env,
      cwd: folder.path,
      user: "ann",
      now: realClock.now,
      newId: randomUUID,
      stop: new AbortController().signal,
    };
    await runCli(args, io, realRuntime({ io, ...NOTHING_SERVED }));
    return said;
  };
  return {
    keel,
    words: (line: string) => line.split(" ").map((word) => places[word] ?? word),
    files: () =>
      readdirSync(data, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name)),
    inThisProcess,
    commands: async (): Promise<readonly string[]> => {
      const help = await inThisProcess(["--help"]);
      const names = [...help.matchAll(/^ {2}([a-z]+) /gmu)].map(([, name = ""]) => name);
      return names.filter((name) => name !== "help");
    },
  };
}
