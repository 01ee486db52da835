import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encode } from "#core/desk/codec.ts";
import { lots } from "#core/domain/units.ts";
import type { DecodedRecord } from "#runtime/recovery.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { readWhole } from "#storage/journal-samples.ts";
import { openJournal } from "#storage/sqlite-journal.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { ACCOUNT, OPENING, aBracket, anEntry } from "#test/kit/builders.ts";
import { DeskClient, chain } from "#test/kit/desk-client.ts";
import { isFlat, isProtected } from "#test/kit/desk-states.ts";
import { type Ended, keel } from "#test/kit/keel-process.ts";
import { swings, writeSmallSession } from "#test/kit/small-session.ts";
import { spoil } from "#test/kit/spoil.ts";

/** No bot trades here; the hour lasts three minutes. */
const PACED = ["--config", "session.yaml", "--set", "bots[0].bot.enabled=false", "--speed", "20"];

type Distrust = {
  readonly what: string;
  /** Makes the journal one that cannot be trusted; returns the record it must be found at. */
  readonly spoilIt: (client: DeskClient) => number;
  readonly reason: RegExp;
};

const CASES: readonly Distrust[] = [
  {
    what: "a corrupt tail",
    spoilIt: (client) => spoilRecord(client, client.recorded().at(-1)),
    reason: /expected a row with its own checksum, .+; nothing sound follows\. /u,
  },
  {
    what: "a corrupt middle",
    spoilIt: (client) =>
      spoilRecord(
        client,
        client.recorded().find(({ facts }) => facts.some(({ kind }) => kind === "fillBooked")),
      ),
    reason: /expected a row with its own checksum, .+; sound records follow or may follow\. /u,
  },
  {
    what: "a last record that breaks a rule",
    spoilIt: appendImpossible,
    reason: /Broken invariant: a fact names a known order, found k9-9/u,
  },
];

describe.each(CASES)("a session whose journal has $what", ({ spoilIt, reason }) => {
  test("is found out, starts in safe mode with its position, can be flattened, and stays in safe mode", async () => {
    const { path } = new TemporaryFolder();
    const client = new DeskClient(path);
    await aStoppedSession(client);
    const seq = spoilIt(client);
    const evidence = readWhole(client.journalPath).records;

    const verified = await keel(path, "verify");
    const desk = client.replay([...PACED, "--supervise"]);
    const inDoubt = await client.until("safe mode", ({ lockouts }) => lockouts.length > 0);
    const held = await client.until("a protected position", isProtected);
    const [stop] = held.orders;
    const denied = await keel(path, "submit", "PRACTICE-1", "buy", "1", "MGC");
    const scope = { kind: "desk" } as const;
    const activated = await client.result({ kind: "setTradingState", scope, state: "active" });
    const stillDenied = await client.result(anEntry());
    const canceled = await keel(path, "cancel", stop?.clientOrderId ?? "");
    const closed = await keel(path, "close", "PRACTICE-1", "MGC", "1");
    await client.until("one lot less", ({ positions }) => positions[0]?.position.qty === 1);
    const flattened = await keel(path, "flatten", "PRACTICE-1");
    await client.until("a flat account", isFlat);
    desk.signal("SIGTERM");
    const ended = await desk.ended;
    const again = client.replay(PACED);
    const after = await client.ready();
    again.signal("SIGTERM");
    const endedAgain = await again.ended;
    const verifiedAgain = await keel(path, "verify");

    expectFoundOut(verified, seq, reason);
    expect(inDoubt.tradingState).toBe("halted");
    expectLocked(inDoubt);
    expect(denied).toEqual(refusal("trading is halted for the whole desk"));
    expect(activated.kind).toBe("accepted");
    expect(stillDenied).toMatchObject({ kind: "denied", denial: { code: "accountLocked" } });
    expect([canceled.code, closed.code, flattened.code]).toEqual([0, 0, 0]);
    const aside = join(path, "sessions", "S1", "damaged-1");
    expect(ended.code).toBe(130);
    expect(ended.err).toContain(
      `The journal that cannot be trusted is kept as ${aside}; a new one begins\n`,
    );
    expect(ended.err).toMatch(/critical: Safe mode: .+ Cancel, close and flatten work; nothing/u);
    expect(ended.err).toMatch(reason);
    expect(ended.err).not.toContain("started again");
    expect(readWhole(join(aside, "journal.db")).records).toEqual(evidence);
    expectLocked(after);
    expect(isFlat(after)).toBe(true);
    expect(endedAgain).toMatchObject({ code: 130, err: "" });
    expect(verifiedAgain.code).toBe(0);
  });
});

function expectFoundOut({ code, out, err }: Ended, seq: number, reason: RegExp): void {
  expect({ code, err }).toEqual({ code: 6, err: "" });
  expect(out).toContain("does not agree");
  expect(out).toMatch(new RegExp(`Damaged at ${seq}: .*record ${seq}`, "u"));
  expect(out).toMatch(reason);
}

function expectLocked({ lockouts }: DeskStatus): void {
  expect(lockouts).toMatchObject([
    { accountId: ACCOUNT, scope: { kind: "account" }, rule: "safeMode", kind: "hard", until: null },
  ]);
}

function refusal(why: string): Ended {
  return { code: 3, signal: null, out: "", err: `Order denied: ${why}\n` };
}

/** A session that was stopped while it held two protected lots. */
async function aStoppedSession(client: DeskClient): Promise<void> {
  await writeSmallSession(client.folder, swings(1_800));
  const desk = client.replay(PACED);
  await client.ready();
  await client.result(anEntry({ qty: lots(2), bracket: aBracket(500, null) }));
  await client.until("a protected position", isProtected);
  desk.signal("SIGTERM");
  await desk.ended;
}

function spoilRecord({ journalPath }: DeskClient, record: DecodedRecord | undefined): number {
  if (record === undefined) throw new Error("Expected a record to spoil");
  spoil(journalPath, `"seq":${record.seq}}`);
  return record.seq;
}

/** One more record, as sound as the others for whoever only looks at hashes. */
function appendImpossible({ journalPath: path }: DeskClient): number {
  const session = { sessionId: "S1", now: OPENING, codeVersion: "test" } as never;
  const journal = openJournal({ path, chain, session });
  const { seq: last, hash } = journal.head();
  const seq = last + 1;
  const at = OPENING;
  const facts = [{ kind: "orderRejected", clientOrderId: "k9-9", at, reason: "?" }];
  const body = encode({ seq, event: { kind: "warmupEnded", at }, facts, commands: [] });
  journal.append({ seq, body, hash: chain(hash, body) });
  journal.commit();
  journal.close();
  return seq;
}
