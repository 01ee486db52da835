import { expect, test } from "vitest";
import type { SessionReport } from "#runtime/report.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { keel } from "#test/kit/keel-process.ts";
import { spoil } from "#test/kit/spoil.ts";

test("the sample day takes the same decisions at every speed; one changed byte of its journal is named", async () => {
  const fast = new DeskClient(new TemporaryFolder().path);
  const paced = new DeskClient(new TemporaryFolder().path);

  const [fastEnd, pacedEnd] = await Promise.all([
    fast.replay(["--speed", "max", "--json"]).ended,
    paced.replay(["--speed", "20000", "--json"]).ended,
  ]);
  const [fastVerified, pacedVerified] = await Promise.all([
    keel(fast.folder, "verify", "S1"),
    keel(paced.folder, "verify", "S1"),
  ]);
  const records = fast.recorded();
  const orders = records.filter(({ facts }) => facts.some(isApproval));
  const changed = orders[Math.floor(orders.length / 2)];
  const sound = records.findIndex((record) => record === changed);
  spoil(fast.journalPath, `"seq":${changed?.seq}}`);
  const spoiled = await keel(fast.folder, "verify", "S1");
  const dumped = await keel(fast.folder, "journal", "dump", "S1", "--json");

  const report = JSON.parse(fastEnd.out) as SessionReport;
  expect([fastEnd.code, pacedEnd.code]).toEqual([0, 0]);
  expect(JSON.parse(pacedEnd.out)).toEqual(report);
  expect(report.roundTrips.length).toBeGreaterThanOrEqual(8);
  for (const { code, out, err } of [fastVerified, pacedVerified]) {
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(new RegExp(`Fingerprint +${report.fingerprint}\n`, "u"));
    expect(out).toMatch(/Result +agrees\n/u);
    expect(out).not.toContain("Not verifiable");
  }
  expect(spoiled.code).toBe(6);
  expect(dumped.code).toBe(6);
  expect(dumped.err).toContain(`Journal ${fast.journalPath} is damaged`);
  expect(dumped.out.trim().split("\n")).toHaveLength(sound);
  expect(spoiled.out).toMatch(/Result +does not agree\n/u);
  expect(spoiled.out).toContain(
    `Damaged at ${changed?.seq}: Journal ${fast.journalPath} is damaged`,
  );
  expect(spoiled.out).toMatch(/Keep the file, and restore a copy or go on in a new session\n/u);
});

function isApproval({ kind }: { readonly kind: string }): boolean {
  return kind === "orderApproved";
}
