import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { evolve } from "#core/desk/evolve.ts";
import type { Fact } from "#core/desk/fact.ts";
import { type DeskState, emptyState } from "#core/desk/state.ts";
import { botId } from "#core/domain/ids.ts";
import { CALLBACK_BUDGET_MS } from "#runtime/callback-timer.ts";
import { runTool } from "#storage/run-tool.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { eventually } from "#test/kit/eventually.ts";
import { type Ended, KeelProcess } from "#test/kit/keel-process.ts";
import { SMALL_SESSION, swings, writeTrades } from "#test/kit/small-session.ts";
import { CTRL_S, ShellLine, deskLine } from "#test/kit/terminal.ts";

const UNRULY_DESK = new URL("../kit/unruly-desk.ts", import.meta.url);
const UNRULY = botId("unruly");

describe.each([
  ["throws", "the strategy threw: no such average"],
  ["is-slow", /^a callback took \d{3,4} ms, its budget is 250 ms$/u],
  ["floods", "the strategy threw: asked for more than 20 actions in one callback"],
])("a bot whose strategy %s", (strategy, reason) => {
  test("is halted with the reason, its entries go, its protection stays, and the others trade on", async () => {
    const client = await aSession(strategy);

    const ended = await client.replay(["--config", "session.yaml"], UNRULY_DESK).ended;
    const verified = await verify(client);

    expect(ended.code).toBe(0);
    expect(ended.err).toMatch(/critical: Bot unruly is halted: /u);
    expectHalted(client.facts(), reason);
    expect(verified).toMatchObject({ code: 0, err: "" });
  });
});

test("a bot that signals with every trade is halted when it has told ten times what it may in a day", async () => {
  const client = await aSession("chatters", "risk: { maxSignalsPerDay: 5 }");

  const ended = await client.replay(["--config", "session.yaml"], UNRULY_DESK).ended;

  expect(ended.code).toBe(0);
  const { state, after } = foldedAfterHalt(client.facts());
  expect(state.bots.get(UNRULY)?.status).toEqual({
    kind: "halted",
    reason: "it floods signals: 50 today, with a limit of 5",
  });
  expect(after.filter((fact) => fact.kind === "signalGenerated" && fact.botId === UNRULY)).toEqual(
    [],
  );
  expect(after.filter(({ kind }) => kind === "fillBooked").length).toBeGreaterThan(5);
});

test("a strategy that never returns ends its process, and the supervised session goes on without its bot", async () => {
  const client = await aSession("hangs");

  const args = ["--config", "session.yaml", "--supervise"];
  const ended = await client.replay(args, UNRULY_DESK).ended;
  const verified = await verify(client);

  expect(ended.code).toBe(0);
  expect(ended.err).toContain(
    "The strategy of bot unruly has not returned for 5 s, so the desk ends; started again, it goes on without that bot\n",
  );
  expect(ended.err.match(/The desk died \(SIGKILL\) and is started again\n/gu)).toHaveLength(1);
  expectHalted(
    client.facts(),
    "its strategy did not return, so the desk was ended and started again",
  );
  expect(verified).toMatchObject({ code: 0, err: "" });
});

test.for(["hangs", "throws-later"])(
  "at a terminal that is stopped, a desk whose strategy %s ends all the same",
  async (strategy, { skip }) => {
    if (!runTool("script", ["--version"])) skip("there is no terminal without script(1)");
    const client = await aSession(strategy);
    const { folder } = client;
    const args = `replay --config session.yaml --data ${folder} --session S1`;
    const shell = new ShellLine(folder, `read -r go; ${deskLine(args, UNRULY_DESK)}`, "terminal");

    shell.type(`${CTRL_S}go\n`);
    const pid = await eventually("a desk", () => shell.written("pid"), 60_000);
    await eventually("its end", () => !existsSync(`/proc/${pid}`), 60_000);

    expect(shell.shown.isScreen).toBe(false);
    expect(client.facts().some(({ kind }) => kind === "fillBooked")).toBe(true);
  },
);

test.skipIf(process.platform !== "linux")(
  "a bot that has the floor while the machine stands still trades on",
  async () => {
    const client = await aSession("is-stopped");

    const desk = client.replay(["--config", "session.yaml"], UNRULY_DESK);
    await eventually("a stopped desk", () => isStopped(desk.pid), 60_000);
    await sleep(3 * CALLBACK_BUDGET_MS);
    desk.signal("SIGCONT");
    const ended = await desk.ended;

    expect(ended).toMatchObject({ code: 0, err: "" });
    const facts = client.facts();
    expect(facts.filter(({ kind }) => kind === "botStatusChanged")).toEqual([]);
    expect(facts.filter(({ kind }) => kind === "fillBooked").length).toBeGreaterThan(10);
  },
);

/** Whether a process was stopped and has not been told to go on. */
function isStopped(pid: number): boolean {
  return readFileSync(`/proc/${pid}/status`, "utf8").includes("State:\tT");
}

/** Two accounts that trade gold for an hour: one by the bot in question, one by a bot that trades often. */
async function aSession(strategy: string, more = ""): Promise<DeskClient> {
  const { path } = new TemporaryFolder();
  await writeTrades(join(path, "trades.parquet"), swings(120));
  const config = SMALL_SESSION.replace(
    "accounts:",
    "accounts:\n  PRACTICE-2: { balance: 50000 }",
  ).replace(
    "bots:",
    `bots:
  - bot: { id: unruly }
    account: PRACTICE-2
    instrument: { symbol: MGC }
    strategy: { type: ${strategy} }
    ${more}`,
  );
  writeFileSync(join(path, "session.yaml"), config);
  return new DeskClient(path);
}

function expectHalted(facts: readonly Fact[], reason: string | RegExp): void {
  const { state, after } = foldedAfterHalt(facts);
  const orders = [...state.openOrders.values()].filter(
    ({ accountId }) => accountId === "PRACTICE-2",
  );
  expect(state.bots.get(UNRULY)?.status).toEqual({
    kind: "halted",
    reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
  });
  expect(state.positions.get("PRACTICE-2/MGC")?.qty).toBe(1);
  expect(orders).toMatchObject([
    { purpose: "stopLoss", status: { kind: "working" }, qty: 1, filledQty: 0 },
  ]);
  expect(after).toContainEqual(
    expect.objectContaining({ kind: "orderCanceled", venueFilledQty: 0 }),
  );
  const trips = after.filter((fact) => fact.kind === "fillBooked" && fact.roundTrip !== null);
  expect(trips.length).toBeGreaterThan(3);
}

/** The state in the end, and what happened after the bot was halted. */
function foldedAfterHalt(facts: readonly Fact[]): { state: DeskState; after: readonly Fact[] } {
  const state = emptyState();
  for (const fact of facts) evolve(state, fact);
  const haltedAt = facts.findIndex(
    (fact) => fact.kind === "botStatusChanged" && fact.botId === UNRULY,
  );
  return { state, after: facts.slice(haltedAt + 1) };
}

function verify({ folder }: DeskClient): Promise<Ended> {
  return new KeelProcess(folder, ["verify", "--data", folder], UNRULY_DESK).ended;
}
