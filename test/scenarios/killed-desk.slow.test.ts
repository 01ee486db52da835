import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { askDesk } from "#api/control-client.ts";
import type { Request } from "#core/desk/request.ts";
import { accountId } from "#core/domain/ids.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { controlSocket } from "#storage/control-socket.ts";
import { anEntry, limitAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { temporaryFolder } from "#test/kit/practice-venue.ts";
import { differencesOf } from "#tools/crash/at-rest.ts";
import { Child } from "#tools/crash/child.ts";
import { DeskAsker } from "#tools/crash/desk-asker.ts";
import { Observer } from "#tools/crash/observer.ts";

const SAMPLE = join(import.meta.dirname, "../../samples/gold-2013-10-08");
const PATIENCE_MS = 60_000;
const LOSING = accountId("LOSING");
const HOLDING = accountId("HOLDING");

// One account that a single round trip locks until the next trading day, and one that is never locked.
const CONFIG = `
accounts:
  LOSING:
    balance: 50000
    rules: { daily_realized_loss: { limit: 1 } }
  HOLDING:
    balance: 50000
data:
  instrument: MGC
  trades: [${SAMPLE}/trades.parquet]
  quotes: [${SAMPLE}/quotes.parquet]
  from: 2013-10-08T13:00:00Z
  until: 2013-10-08T18:00:00Z
venue: { latency: { toVenue: 20ms, toDesk: 20ms } }
`;

test("a desk that is killed comes back locked as it was, with the orders and positions of the venue", async () => {
  const folder = temporaryFolder();
  const config = join(folder, "lock.yaml");
  writeFileSync(config, CONFIG);
  const venue = join(folder, "v.sock");
  run("venue.ts", folder, ["venue", "--config", config, "--listen", venue, "--speed", "20"]);
  const replay = ["replay", "--config", config, "--data", folder, "--venue", venue];
  const again = [...replay, "--session", "S1", "--json"];
  const asker = new DeskAsker((message) => askDesk(controlSocket(folder), message), "T");

  const first = run("desk.ts", folder, again);
  const { touches } = await until(asker, "a desk that is ready", isReady);
  await ask(asker, [
    anEntry({ accountId: HOLDING }),
    anEntry({ accountId: HOLDING, terms: limitAt((touches[0]?.touch.lastPrice ?? 0) - 150) }),
  ]);
  await until(asker, "a position", ({ positions }) => positions.length === 1);
  const locked = await loseUntilLocked(asker);
  first.kill();
  await first.ended;
  run("desk.ts", folder, again);
  const status = await until(asker, "a desk that is ready", isReady);
  await ask(asker, [anEntry({ accountId: LOSING })]);

  const holdings = await (await Observer.connect(venue)).holdings();
  expect(status.lockouts).toEqual(locked.lockouts);
  expect(asker.asked.at(-1)?.answer).toMatchObject({ denial: { code: "accountLocked" } });
  expect(status.positions).toMatchObject([{ position: { accountId: HOLDING, qty: 1 } }]);
  expect(differencesOf(status, holdings)).toEqual([]);
});

/** A process that is gone when the test ends. */
function run(file: "desk.ts" | "venue.ts", folder: string, args: readonly string[]): Child {
  const child = new Child(file, args, { log: join(folder, "output.log"), env: {} });
  onTestFinished(async () => {
    child.kill();
    await child.ended;
  });
  return child;
}

async function ask(asker: DeskAsker, requests: readonly Request[]): Promise<void> {
  for (const request of requests) await asker.request(request);
}

/** Enters and closes until the costs of it have locked the account. */
async function loseUntilLocked(asker: DeskAsker): Promise<DeskStatus> {
  for (;;) {
    await ask(asker, [anEntry({ accountId: LOSING })]);
    await until(asker, "a fill", ({ positions }) => positions.length === 2);
    await ask(asker, [{ kind: "flatten", accountId: LOSING }]);
    const closed = await until(asker, "the close", ({ positions }) => positions.length === 1);
    if (closed.lockouts.length > 0) return closed;
  }
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
  return (
    accounts.every(({ ready }) => ready) && touches.every(({ touch }) => touch.lastPrice !== null)
  );
}
