import { expect, test } from "vitest";
import type { DecodedRecord } from "#runtime/recovery.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { DeskStatus } from "#runtime/status.ts";
import type { VerifyReport } from "#runtime/verify.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { keel } from "#test/kit/keel-process.ts";
import { swings, writeSmallSession } from "#test/kit/small-session.ts";

const KILLS = 4;

test("a replay that is killed again and again goes on where it was, and its report tells all of it", async () => {
  const { path } = new TemporaryFolder();
  await writeSmallSession(path, swings(300));
  const client = new DeskClient(path);

  for (let kill = 1; kill <= KILLS; kill += 1) {
    const desk = client.replay(["--config", "session.yaml", "--speed", "30"]);
    // In a trade one time, between two the next.
    await client.until("some trades", (status) => {
      const isHeld = status.positions.length > 0;
      return tripsOf(status) >= 2 * kill && isHeld === (kill % 2 === 0);
    });
    expect((await desk.kill()).signal).toBe("SIGKILL");
  }
  const ended = await client.replay(["--config", "session.yaml", "--json"]).ended;
  const verified = await keel(path, "verify", "--json");

  const records = client.recorded();
  const report = JSON.parse(ended.out) as SessionReport;
  const verification = JSON.parse(verified.out) as VerifyReport;
  expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: "" });
  expect(startsOf(records).map(({ facts }) => facts[0])).toMatchObject(
    [1, 2, 3, 4, 5].map((epoch) => ({ kind: "deskStarted", epoch })),
  );
  expectNoneTwice(records);
  expectInTime(records);
  expect(report).toMatchObject(summed(records));
  expect(report.roundTrips).toHaveLength(tripsIn(records));
  expect(verified.code).toBe(0);
  expect(verification).toMatchObject({ ok: true, fingerprint: report.fingerprint });
  for (const { to } of verification.notVerifiable) {
    const next = records.find(({ seq }) => seq > to);
    expect(next?.event.kind).toBe("deskStarted");
  }
});

function tripsOf({ accounts }: DeskStatus): number {
  return accounts[0]?.roundTrips ?? 0;
}

function startsOf(records: readonly DecodedRecord[]): readonly DecodedRecord[] {
  return records.filter(({ event }) => event.kind === "deskStarted");
}

/** No fill is booked twice, no order is sent twice, none fills more than it asked for. */
function expectNoneTwice(records: readonly DecodedRecord[]): void {
  const facts = records.flatMap((record) => record.facts);
  const fills = facts.flatMap((fact) => (fact.kind === "fillBooked" ? [fact.fill] : []));
  const sent = facts.flatMap((fact) =>
    fact.kind === "orderSubmitted" ? [fact.clientOrderId] : [],
  );
  const orders = facts.flatMap((fact) => (fact.kind === "orderApproved" ? [fact.order] : []));
  expect(new Set(fills.map(({ fillId }) => fillId)).size).toBe(fills.length);
  expect(new Set(sent).size).toBe(sent.length);
  for (const { clientOrderId, qty } of orders) {
    const own = fills.filter((fill) => fill.clientOrderId === clientOrderId);
    expect(own.reduce((sum, fill) => sum + fill.qty, 0)).toBeLessThanOrEqual(qty);
  }
}

/** Each process begins after the last instant of the one before. */
function expectInTime(records: readonly DecodedRecord[]): void {
  const times = records.map(({ event }) => event.at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
}

function tripsIn(records: readonly DecodedRecord[]): number {
  const facts = records.flatMap((record) => record.facts);
  return facts.filter((fact) => fact.kind === "fillBooked" && fact.roundTrip !== null).length;
}

/** What the journal tells of all processes together, as the report has it. */
function summed(records: readonly DecodedRecord[]): Partial<SessionReport> {
  const facts = records.flatMap((record) => record.facts);
  const fills = facts.filter((fact) => fact.kind === "fillBooked");
  const net = fills.reduce((sum, { grossPnl, fill }) => sum + grossPnl - fill.fee, 0n);
  return {
    fills: fills.length,
    orders: facts.filter(({ kind }) => kind === "orderSubmitted").length,
    netPnl: String(net) as never,
    stopped: "endOfData",
  };
}
