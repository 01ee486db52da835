import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JournalDamagedError } from "#ports/journal.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { aDesk, keel } from "./cli-scenario.ts";

const strategies = STRATEGIES;
const ACCEPTED = {
  kind: "result",
  result: { kind: "accepted", clientOrderIds: ["K1-7"], note: null },
} as never;
const SAMPLE = join(import.meta.dirname, "../../config/sample.yaml");

test("without a running desk there is nobody to ask", async () => {
  expect(await keel("status", { strategies })).toEqual({
    code: 4,
    out: "",
    err: "Expected a running desk in /home/ann/keel-data, found none\nStart one with keel start or keel replay, or name its data folder with --data\n",
  });
});

test.each([
  ["--data /srv/keel status", {}, "/srv/keel"],
  ["status --data desk", {}, "/home/ann/desk"],
  ["status", { KEEL_DATA: "/var/keel" }, "/var/keel"],
  ["status", { KEEL_DATA: "" }, "/home/ann/keel-data"],
])("keel %s with %o looks in %s", async (args, env, folder) => {
  const desk = aDesk(ACCEPTED);

  await keel(args, { strategies, askDesk: desk.askDesk }, { env });

  expect(desk.asked[0]?.folder).toBe(folder);
});

test("a mistake of the program is told apart from one of its user, with the place of it", async () => {
  const askDesk = async (): Promise<never> => {
    throw new TypeError("x is undefined");
  };

  const ended = await keel("status", { strategies, askDesk });

  expect(ended.code).toBe(1);
  expect(ended.err).toMatch(
    /^Unexpected\. Please report this with the lines below\.\nTypeError: x is undefined\n +at /u,
  );
});

test("help names every command and every exit code, and needs no desk", async () => {
  const asked = await keel("--help", { strategies });
  const nothing = await keel("", { strategies });

  expect(asked).toMatchObject({ code: 0, err: "" });
  expect(asked.out).toMatchInlineSnapshot(`
    "Usage: keel [options] [command]

    A self-hosted trading desk: one process, your machine, your keys.

    Options:
      --version                                         show the version
      --data <folder>                                   where sessions are recorded (default: KEEL_DATA,
                                                        else keel-data here)
      --json                                            print JSON for programs: one value, or one
                                                        object a line
      -h, --help                                        display help for command

    Commands:
      start [options]                                   trade at the venue of a configuration; without
                                                        one, rehearse the sample day
      replay [options]                                  trade stored data on a simulated account,
                                                        recorded and controllable as if live
      backtest [options]                                run a configuration over its data as fast as
                                                        possible; nothing is recorded
      venue [options]                                   run the simulated venue by itself: it owns
                                                        market time, desks come and go
      practice                                          run a venue on this machine that speaks like a
                                                        real one
      login                                             look at the log-in at the venue
      accounts [options]                                list the accounts at the venue; a running desk
                                                        answers for it
      contracts [options] <search>                      search the contracts of the venue by name,
                                                        description or id
      positions [options]                               list open positions of all accounts at the
                                                        venue; a running desk answers for it
      orders [options]                                  list working orders of all accounts at the
                                                        venue; a running desk answers for it
      status                                            show the running desk: accounts, positions,
                                                        orders, limits, bots
      submit [options] <account> <side> <qty> <symbol>  ask the desk for an order; it takes the same way
                                                        through the gate as a bot's
      modify [options] <order>                          change the size or the prices of a working
                                                        order; what is not named stays
      cancel [options] <order>                          cancel a working order
      close [options] <account> <symbol> [qty]          close a position at the market, whole unless
                                                        lots are given
      flatten [options] <account>                       cancel the entries of an account, close its
                                                        positions, then cancel the rest
      halt [options]                                    stop entries of the desk, an account or a bot,
                                                        or let them begin again
      arm [options] <account> <step>                    say what may be sent for an account; more needs
                                                        its name typed once more
      reconnect [options]                               log in at the venue again, once the other login
                                                        that took the session is over
      verify [session]                                  decide a recorded session again and compare with
                                                        what was recorded
      journal                                           look at recorded sessions
      sessions                                          list recorded sessions
      secret                                            keep API keys where no file, log or screen shows
                                                        them
      config                                            look at configuration files
      help [command]                                    display help for command

    Exit codes:
        0  done
        1  unexpected: a bug, or a machine that misbehaves
        2  wrong usage or wrong configuration
        3  refused by the desk or the venue
        4  no desk is running, or the desk or the venue cannot be reached
        5  another instance or login holds the session
        6  verification failed, or the journal is damaged
        7  market data, a session or a secret is missing or broken
      130  interrupted

    With --json money is in millionths of a dollar and every instant in milliseconds since 1970, prices in ticks.
    "
  `);
  expect(nothing).toMatchObject({ code: 2, out: "" });
  expect(await keel("--version", { strategies })).toEqual({ code: 0, out: "1.2.3\n", err: "" });
});

test("config check tells what a sound file holds", async () => {
  const ended = await keel(`config check ${SAMPLE}`, { strategies });

  expect(ended).toEqual({
    code: 0,
    err: "",
    out: `${SAMPLE} is sound.
Accounts     PRACTICE-1 (max_contracts, max_contracts_per_instrument, daily_realized_loss, no_stop_loss_grace)
Bots         gold-trend (ema-cross on PRACTICE-1 MGC)
Data         gold-2013-10-08, 2013-10-07 22:00:00 UTC to 2013-10-08 22:00:00 UTC
Venue        http://127.0.0.1:7610 (projectx-practice), user practice, key from the file
Instruments  MGC
Begins       PRACTICE-1 in trade
`,
  });
});

test.each([
  [
    "a venue",
    "connection: { venue: projectx, api: https://api.example.com, user: ann, key: { secret: topstep }, instruments: [MNQ] }",
    `Accounts     A (no rules)
Bots         none
Venue        https://api.example.com (projectx), user ann, key the secret topstep
Instruments  MNQ
Begins       A in observe
`,
  ],
  [
    "stored data",
    "data: { sample: gold-2013-10-08 }",
    `Accounts  A (no rules)
Bots      none
Data      gold-2013-10-08, 2013-10-07 22:00:00 UTC to 2013-10-08 22:00:00 UTC
`,
  ],
])("config check is content with a file for %s alone", async (_what, text, out) => {
  const path = new TemporaryFolder().file("keel.yaml");
  writeFileSync(path, `accounts: { A: { balance: 50000 } }\n${text}\n`);

  const ended = await keel(`config check ${path}`, { strategies });

  expect(ended).toEqual({ code: 0, err: "", out: `${path} is sound.\n${out}` });
});

test("config check says that a file names nothing to run over, and never what stands for a key", async () => {
  const nothing = new TemporaryFolder().file("nothing.yaml");
  writeFileSync(nothing, "accounts: { A: { balance: 50000 } }\n");
  const wrong = new TemporaryFolder().file("wrong.yaml");
  writeFileSync(
    wrong,
    `accounts: { A: { balance: 50000 } }
connection: { venue: projectx, api: https://api.example.com, user: ann, key: { secret: "Zx7+/=" } }
`,
  );

  const none = await keel(`config check ${nothing}`, { strategies });
  const key = await keel(`config check ${wrong}`, { strategies });

  expect(none).toMatchObject({ code: 2, out: "" });
  expect(none.err).toContain(
    "expected data or a connection, which sessions run over, found neither",
  );
  expect(key).toMatchObject({ code: 2, out: "" });
  expect(key.err).toContain("connection.key.secret: expected the name of a secret");
  expect(key.err).not.toContain("Zx7");
});

test("config check tells what is wrong, for people and for programs", async () => {
  const config = join(import.meta.dirname, "../../package.json");

  const forPeople = await keel(`config check ${config}`, { strategies });
  const forPrograms = await keel(`config check ${config} --json`, { strategies });

  expect(forPeople.code).toBe(2);
  expect(forPeople.err).toContain(`${config}:2:3  name: expected a known key, found "name"`);
  const told = JSON.parse(forPrograms.out) as { ok: boolean; problems: readonly unknown[] };
  expect(told.ok).toBe(false);
  expect(told.problems[2]).toEqual({
    kind: "config",
    line: 2,
    column: 3,
    path: "name",
    expected: "a known key",
    found: '"name"',
    hint: "known keys: accounts, bots, data, connection, venue, queue, practice, answerTimeout",
  });
});

test("a damaged journal has its own exit code", async () => {
  const readJournal = (): never => {
    throw new JournalDamagedError({
      seq: 7,
      place: "middle",
      message: "record 7 is not what was written",
    });
  };

  const ended = await keel("journal dump S1", {
    strategies,
    readJournal,
    sessions: () => ["S1" as never],
  });

  expect(ended).toEqual({ code: 6, out: "", err: "record 7 is not what was written\n" });
});

test.each([
  [
    "verify",
    [],
    "Expected a recorded session in /home/ann/keel-data, found none; run keel replay, or name the folder with --data\n",
  ],
  [
    "verify S3",
    ["S1", "S2"],
    "Expected a recorded session in /home/ann/keel-data, found no S3; did you mean S1?\n",
  ],
  [
    "journal dump gold",
    ["S1"],
    "Expected a recorded session in /home/ann/keel-data, found no gold; known are S1\n",
  ],
])("keel %s with the sessions %o finds nothing to read", async (args, known, err) => {
  expect(await keel(args, { strategies, sessions: () => known as never })).toEqual({
    code: 7,
    out: "",
    err,
  });
});
