import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Fact } from "#core/desk/fact.ts";
import { runBacktest } from "#runtime/backtest.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import type { SessionReport } from "#runtime/report.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { keel } from "./cli-scenario.ts";

const strategies = STRATEGIES;
const defaultConfig = new URL("../../config/sample.yaml", import.meta.url).pathname;
const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What `keel backtest --json` prints: money as decimal text. */
type Printed = Omit<SessionReport, "netPnl" | "grossPnl" | "fees"> & {
  readonly netPnl: string;
  readonly grossPnl: string;
  readonly fees: string;
};

async function backtested(args = ""): Promise<{ report: Printed; facts: readonly Fact[] }> {
  const facts: Fact[] = [];
  const { code, out } = await keel(`backtest --json${args}`, {
    strategies,
    defaultConfig,
    backtest: (plan, watch) =>
      runBacktest({ hash, strategies, clock: realClock }, plan, {
        ...watch,
        onFact: (fact) => void facts.push(fact),
      }),
  });
  expect(code).toBe(0);
  return { report: JSON.parse(out) as Printed, facts };
}

test("the shipped bot trades the shipped day through the gate", async () => {
  const { report } = await backtested();

  expect(report.roundTrips.length).toBeGreaterThanOrEqual(8);
  expect(report).toMatchObject({
    sessionId: "backtest",
    mode: "backtest",
    data: "gold-2013-10-08",
    denials: 0,
    breaches: 0,
    stopped: "endOfData",
  });
  expect(BigInt(report.netPnl)).toBe(BigInt(report.grossPnl) - BigInt(report.fees));
});

test("the same day gives the same fingerprint, and another bot another one", async () => {
  const [once, again, other] = await Promise.all([
    backtested(),
    backtested(),
    backtested(" --set bots[0].strategy.params.fast=11"),
  ]);

  expect(again.report).toEqual(once.report);
  expect(other.report.fingerprint).not.toBe(once.report.fingerprint);
});

test("a tighter limit in the file denies what it should", async () => {
  const { report, facts } = await backtested(
    " --set accounts.PRACTICE-1.rules.max_contracts.limit=0",
  );

  const rules = new Set(
    facts.flatMap((fact) => (fact.kind === "orderDenied" ? fact.denial.rule : [])),
  );
  expect(report).toMatchObject({ roundTrips: [], orders: 0 });
  expect(report.denials).toBeGreaterThan(0);
  expect([...rules]).toEqual(["RULE-001"]);
});
