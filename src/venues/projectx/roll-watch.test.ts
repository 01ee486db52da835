import { expect, test } from "vitest";
import type { VenueAlert } from "#ports/venue-alert.ts";
import { GOLD } from "#test/kit/builders.ts";
import { SUCCESS } from "#test/kit/scripted-http.ts";
import { scriptedRest } from "#test/kit/scripted-rest.ts";
import { resolveContracts, whereHeld, wantedInstrument } from "./contract-book.ts";
import { RollWatch } from "./roll-watch.ts";

const OLD = "CON.F.US.MGC.J26";
const NEW = "CON.F.US.MGC.M26";
const SIX_HOURS = 6 * 3_600_000;

test("a person is told once that a contract rolled, and what is held in the old one stays ours", async () => {
  const { watch, roll, book, alerts, asked } = await watched();

  await watch(SIX_HOURS - 1);
  const early = asked();
  await watch(SIX_HOURS);
  const quiet = alerts.length;
  roll();
  await watch(2 * SIX_HOURS);
  await watch(3 * SIX_HOURS);

  expect([early, asked(), quiet]).toEqual([1, 4, 0]);
  expect(alerts).toEqual([
    {
      severity: "warning",
      code: "contractRolled",
      text: `The active contract of MGC is ${NEW} now; this desk trades ${OLD}. Close what it holds and restart it`,
    },
  ]);
  expect(book.contractOf(GOLD.id)?.contractId).toBe(OLD);
  expect(book.instrumentOf(OLD)).toBe(GOLD);
  expect(book.instrumentOf(NEW)?.id).toBe("MGCM26");
});

test("what is held in a contract that rolled while nobody ran is traded on there, and a person is told at once", async () => {
  const held = whereHeld(wantedInstrument(GOLD), new Map([[GOLD.id, OLD]]));
  const { watch, book, alerts } = await watched(held, NEW);

  await watch(0);

  expect(book.contractOf(GOLD.id)?.contractId).toBe(OLD);
  expect(book.instrumentOf(OLD)).toBe(GOLD);
  expect(alerts).toMatchObject([{ code: "contractRolled" }]);
});

test("a venue that cannot say which contract is active is asked again later", async () => {
  const { watch, roll, alerts, fail } = await watched();
  roll();

  fail(true);
  await watch(SIX_HOURS);
  fail(false);
  await watch(2 * SIX_HOURS);

  expect(alerts).toHaveLength(1);
});

async function watched(one = wantedInstrument(GOLD), first = OLD) {
  let active = first;
  let isFailing = false;
  const { rest, clock, calls } = await scriptedRest(() =>
    isFailing ? { status: 404 } : { json: { contracts: contracts(active), ...SUCCESS } },
  );
  const wanted = [one];
  const found = await resolveContracts(rest, wanted);
  if (found.kind !== "confirmed") throw new Error(`Expected contracts, found ${found.kind}`);
  const watch = new RollWatch(rest, found.value, wanted, clock.now());
  const began = clock.now();
  const alerts: VenueAlert[] = [];
  return {
    book: found.value,
    alerts,
    asked: () => calls.filter(({ path }) => path.endsWith("Contract/available")).length,
    roll: () => void (active = NEW),
    fail: (now: boolean) => void (isFailing = now),
    watch: (ms: number) => watch.look(began + ms, (alert) => void alerts.push(alert)),
  };
}

function contracts(active: string): readonly object[] {
  return [OLD, NEW].map((id) => ({
    id,
    name: id.slice(-6),
    tickSize: 0.1,
    tickValue: 1,
    activeContract: id === active,
    symbolId: "F.US.MGC",
  }));
}
