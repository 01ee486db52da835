import { statSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { decode } from "#core/desk/codec.ts";
import { lots } from "#core/domain/units.ts";
import type { ControlReply } from "#runtime/control.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { ACCOUNT, anEntry, limitAt } from "#test/kit/builders.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { isFlat, isProtected, lastPrice } from "#test/kit/desk-states.ts";
import { eventually } from "#test/kit/eventually.ts";
import { type Ended, keel } from "#test/kit/keel-process.ts";
import { LineClient } from "#test/kit/line-client.ts";
import { swings, writeSmallSession } from "#test/kit/small-session.ts";

const PACED = ["--config", "session.yaml", "--set", "bots[0].bot.enabled=false", "--speed", "10"];

test("another process asks for everything a person may ask for", async () => {
  const client = await aDesk();
  const ask = (...args: readonly string[]) => keel(client.folder, ...args);
  const price = (ticks: number) => (ticks / 10).toFixed(1);
  const last = lastPrice((await client.now()).status);

  const placed = await ask("submit", "PRACTICE-1", "buy", "2", "MGC", "--limit", price(last - 150));
  const entry = await orderThat(client, isRestingEntry);
  const modified = await ask(
    "modify",
    entry.clientOrderId,
    "--limit",
    price(last - 140),
    "--qty",
    "1",
  );
  const changed = await orderThat(client, ({ qty }) => qty === 1);
  const canceled = await ask("cancel", entry.clientOrderId);
  await client.until("no order", ({ orders }) => orders.length === 0);
  const again = await ask("cancel", entry.clientOrderId);
  const bought = await ask("submit", "PRACTICE-1", "buy", "2", "MGC", "--stop-loss", "400");
  const held = await client.until("a protected position", isProtected);
  const status = await ask("status");
  const closed = await ask("close", "PRACTICE-1", "MGC", "1");
  await client.until("one lot", ({ positions }) => positions[0]?.position.qty === 1);
  const halted = await ask("halt", "--account", "PRACTICE-1");
  const denied = await ask("submit", "PRACTICE-1", "buy", "1", "MGC");
  const flattened = await ask("flatten", "PRACTICE-1");
  await client.until("a flat account", isFlat);
  const nothing = await ask("close", "PRACTICE-1", "MGC");

  expect(placed).toEqual(done(`Accepted: order ${entry.clientOrderId}`));
  expect(modified).toEqual(
    done(
      `Accepted: order ${entry.clientOrderId} is being changed; keel status shows when it is done`,
    ),
  );
  expect(changed.terms).toEqual(limitAt(last - 140));
  expect(canceled.out).toMatch(/^Accepted: order \S+ is being canceled and may fill/u);
  expect(again).toEqual(refused(`Not possible: order ${entry.clientOrderId} is canceled already`));
  expect(bought.code).toBe(0);
  expect(held.positions[0]?.position.qty).toBe(2);
  expect(status.out).toMatch(/^Keel replay S1 {2}2026-03-11 15:\d\d:\d\d UTC {2}active {2}/u);
  expect(status.out).toContain("MGC");
  expect(closed).toMatchObject({ code: 0, err: "" });
  expect(halted.out).toMatch(/^Accepted: PRACTICE-1 is halted;/u);
  expect(denied).toEqual(refused("Order denied: trading is halted for PRACTICE-1"));
  expect(flattened.out).toMatch(/^Accepted: flattening PRACTICE-1: /u);
  expect(nothing).toEqual(refused("Not possible: PRACTICE-1 holds no MGC"));
});

test("a request acts once, however often it is asked, also by two processes at the same time", async () => {
  const client = await aDesk();
  const args = ["submit", "PRACTICE-1", "buy", "1", "MGC", "--request-id", "once"];

  const [first, second] = await Promise.all([
    keel(client.folder, ...args),
    keel(client.folder, ...args),
  ]);
  const third = await keel(client.folder, ...args);
  await client.until("a position", ({ positions }) => positions.length === 1);

  expect(first.out).toMatch(/^Accepted: order \S+\n$/u);
  expect(second).toEqual(first);
  expect(third).toEqual(first);
  const approved = client.facts().filter(({ kind }) => kind === "orderApproved");
  expect(approved).toHaveLength(1);
});

test("an answer comes when the journal holds what it says, and for its owner only", async () => {
  const client = await aDesk();
  const socket = statSync(client.socket).mode & 0o777;
  const folder = statSync(client.folder).mode & 0o777;

  for (let number = 1; number <= 20; number += 1) {
    const id = `R${number}`;
    const result = await client.result(anEntry({ qty: lots(number), terms: limitAt(20_000) }), id);

    // Read from another process than the desk's, at the moment of the answer.
    const handled = { kind: "requestHandled", requestId: id, result };
    expect(client.facts()).toContainEqual(expect.objectContaining(handled));
  }

  expect(socket).toBe(0o600);
  expect(folder).toBe(0o700);
});

test("whatever comes over the socket, the desk stays at the service of others", async () => {
  const client = await aDesk();
  const flatten = { kind: "flatten", accountId: ACCOUNT } as const;
  const rude = aLine(client);
  const endless = aLine(client);
  const leaver = aLine(client);

  rude.sayText("not JSON\n");
  rude.say({ kind: "request", requestId: "R1", by: "ann", request: { kind: "sell everything" } });
  rude.sayText(`${"[".repeat(30_000)}${"]".repeat(30_000)}\n`);
  endless.sayText("x".repeat(3_000_000));
  leaver.say({ kind: "request", requestId: "left", by: "ann", request: flatten });
  leaver.close();
  await eventually("three refusals", () => rude.lines.length === 3);
  await eventually("a refusal", () => endless.lines.length === 1);
  const many = Array.from({ length: 40 }, () => aLine(client));
  const answer = await client.result(flatten, "left");
  const { status } = await client.now();

  const unreadable = { kind: "refused", reason: "expected one JSON value a line" };
  expect(rude.lines).toMatchObject([unreadable, { kind: "refused" }, unreadable]);
  expect(endless.lines).toMatchObject([{ kind: "refused" }]);
  expect(answer).toEqual({ kind: "accepted", clientOrderIds: [], note: null });
  expect(many.filter(({ isClosed }) => isClosed).length).toBeLessThan(40);
  expect(status.tradingState).toBe("active");
  expect(client.facts().filter(({ kind }) => kind === "requestHandled")).toHaveLength(1);
});

/** A desk on an hour of gold without bots that takes orders. */
async function aDesk(): Promise<DeskClient> {
  const { path } = new TemporaryFolder();
  await writeSmallSession(path, swings(1_800));
  const client = new DeskClient(`${path}/data`, "S1", path);
  client.replay(PACED);
  await client.ready();
  return client;
}

async function orderThat(
  client: DeskClient,
  isMeant: (order: DeskStatus["orders"][number]) => boolean,
) {
  const { orders } = await client.until("an order", (status) => status.orders.some(isMeant));
  const order = orders.find(isMeant);
  if (order === undefined) throw new Error("Expected an order");
  return order;
}

function isRestingEntry({ purpose, status }: DeskStatus["orders"][number]): boolean {
  return purpose === "entry" && status.kind === "working";
}

function aLine({ socket }: DeskClient): LineClient<ControlReply> {
  const line = new LineClient({ path: socket }, (text) => decode(text) as ControlReply);
  onTestFinished(() => line.close());
  return line;
}

function done(text: string): Ended {
  return { code: 0, signal: null, out: `${text}\n`, err: "" };
}

function refused(text: string): Ended {
  return { code: 3, signal: null, out: "", err: `${text}\n` };
}
