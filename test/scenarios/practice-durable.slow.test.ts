import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { askDesk } from "#api/control-client.ts";
import { accountId } from "#core/domain/ids.ts";
import type { CrashPoint } from "#runtime/crash-point.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { controlSocket } from "#storage/control-socket.ts";
import { aBracket, anEntry } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { isWorking } from "#test/kit/gateway-desk.ts";
import { temporaryFolder } from "#test/kit/practice-venue.ts";
import { Child } from "#tools/crash/child.ts";
import { DeskAsker } from "#tools/crash/desk-asker.ts";

const SAMPLE = join(import.meta.dirname, "../../samples/gold-2013-10-08");
const PATIENCE_MS = 60_000;
const A = accountId("A");

const CONFIG = `
accounts: { A: { balance: 50000, arming: trade } }
bots: [{ bot: { id: idle, enabled: false }, instrument: { symbol: MGC }, strategy: { type: ema-cross } }]
data:
  instrument: MGC
  trades: [${SAMPLE}/trades.parquet]
  quotes: [${SAMPLE}/quotes.parquet]
  warmUpFrom: 2013-10-08T12:59:00Z
  from: 2013-10-08T13:00:00Z
  until: 2013-10-08T18:00:00Z
connection:
  venue: projectx-practice
  api: http://127.0.0.1:7610
  user: practice
  key: practice-key
  warmUp: 1m
`;

// Each kill is at the first entry. Whether a request that was handed to the network leaves a process that dies in the
// same instant is a matter of its connection; one that did is known, protected and not sent again.
test.each<[CrashPoint, number]>([
  ["afterApplyBeforeCommit", 0],
  ["afterCommitBeforeSend", 0],
  ["afterSendBeforeAnswer", 1],
])("R1, R2: a desk that is killed at %s has sent only what it knows", async (point, most) => {
  const { folder, gateway, start } = await stage();
  const asker = new DeskAsker((message) => askDesk(controlSocket(folder), message), "T");
  const first = start();
  await until(asker, "a desk that is ready", isReady);

  first.process.send({ point, passes: 1 });
  await asker.request(anEntry({ accountId: A, bracket: aBracket(200, 400) }));
  const { signal } = await first.ended;
  start();
  await until(asker, "a desk that is ready", isReady);
  const sent = await entriesAt(gateway);
  await until(asker, "desk and gateway to hold what was sent", ({ orders, positions }) => {
    return positions.length === sent && orders.length === 2 * sent && orders.every(isWorking);
  });
  const { positions, working } = await gateway.holdings();

  expect(signal).toBe("SIGKILL");
  expect(sent).toBeLessThanOrEqual(most);
  expect([positions.length, working.length]).toEqual([sent, 2 * sent]);
  expect(await entriesAt(gateway)).toBe(sent);
});

/** Orders that are no legs, whether they rest, filled or are over. */
async function entriesAt(gateway: GatewayClient): Promise<number> {
  const { orders } = await gateway.holdings();
  expect(orders.filter(({ received }) => received > 1)).toEqual([]);
  return orders.filter(({ side }) => side === 0).length;
}

/** A gateway, and a desk that can be started again. */
async function stage() {
  const folder = temporaryFolder();
  const config = join(folder, "durable.yaml");
  writeFileSync(config, CONFIG);
  const log = join(folder, "output.log");
  const run = (file: "desk.ts" | "venue.ts", args: readonly string[]): Child => {
    const child = new Child(file, args, { log, env: {} });
    onTestFinished(async () => {
      child.kill();
      await child.ended;
    });
    return child;
  };
  run("venue.ts", ["practice", "projectx", "--config", config, "--port", "0", "--speed", "2"]);
  const url = await eventually(
    "the address",
    () => /listens on (http:\S+)/u.exec(readFileSync(log, "utf8"))?.[1],
    PATIENCE_MS,
  );
  const args = ["start", "--json", "--config", config, "--data", folder, "--session", "S1"];
  const start = (): Child => run("desk.ts", [...args, "--set", `connection.api=${url}`]);
  return { folder, gateway: new GatewayClient(url), start };
}

function until(
  asker: DeskAsker,
  what: string,
  holds: (status: DeskStatus) => boolean,
): Promise<DeskStatus> {
  const look = async () => {
    const status = await asker.status();
    return status !== undefined && holds(status) && status;
  };
  return eventually(what, look, PATIENCE_MS);
}

function isReady({ accounts, touches }: DeskStatus): boolean {
  const isQuoted = touches.every(({ touch }) => touch.lastPrice !== null);
  return accounts.every(({ ready }) => ready) && isQuoted;
}
