import { describe, expect, test } from "vitest";
import type { Fill } from "#core/domain/order.ts";
import type { AccountSnapshot } from "#core/domain/report.ts";
import { type Money, epochMs, moneyFrom, signedLots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, aFill } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

/** As long as the venue may take for an answer. */
const TIMEOUT = 2_000;

describe("a venue that has other money than the desk", () => {
  test("is believed, and a person is told once per change", () => {
    const desk = new TestDesk();

    const first = says(desk, 49_900);
    const again = says(desk, 49_900);
    const changed = says(desk, 49_950);

    expect(first.facts.filter(isOfMoney)).toEqual([
      {
        kind: "balanceAdopted",
        accountId: ACCOUNT,
        at: desk.now,
        balance: moneyFrom(49_900),
        added: moneyFrom(-100),
      },
      {
        kind: "findingRaised",
        accountId: ACCOUNT,
        code: "balanceMismatch",
        text: "the venue's balance is 49900.00, ours was 50000.00: -100.00 is in no day's result here, so no limit on losses counts it. The venue's balance counts from now on; see at the firm what it was",
      },
    ]);
    expect(again.facts.filter(isOfMoney)).toEqual([]);
    expect(changed.facts.filter(isOfMoney)).toHaveLength(2);
    expect(balanceOf(desk)).toBe(moneyFrom(49_950));
  });

  test("leaves what the day has earned", () => {
    const desk = new TestDesk();
    tell(desk, {});
    const before = desk.state.accounts.get(ACCOUNT)?.days;
    desk.advance(TIMEOUT);

    says(desk, 49_000, HELD);

    expect(desk.state.accounts.get(ACCOUNT)?.days).toEqual(before);
  });

  test("may have counted another fee than the one that is estimated", () => {
    const desk = new TestDesk();
    tell(desk, { fee: 0n as Money, isFeeEstimated: true });
    desk.advance(TIMEOUT);
    const ours = balanceOf(desk);

    const near = says(desk, Number(ours) / 1e6 - 0.5, HELD);
    const far = says(desk, Number(ours) / 1e6 - 5, HELD);

    expect(ours).toBeLessThan(moneyFrom(50_000));
    expect(near.facts.filter(isOfMoney)).toEqual([]);
    expect(far.facts.filter(isOfMoney)).toHaveLength(2);
  });

  test("is asked again when a fill is so new that the venue may not have counted it", () => {
    const desk = new TestDesk();
    desk.answers = () => "lose";
    tell(desk, {});

    const soon = says(desk, 49_000, HELD);
    desk.advance(TIMEOUT);
    const later = says(desk, 49_000, HELD);

    expect(soon.facts.filter(isOfMoney)).toEqual([]);
    expect(later.facts.filter(isOfMoney)).toHaveLength(2);
  });
});

test("the first comparison takes the venue's balance without a word", () => {
  const desk = new TestDesk({ venue: { latency: NEVER } });

  const { facts } = says(desk, 49_873.26);

  expect(facts.filter(isOfMoney)).toMatchObject([
    { kind: "balanceAdopted", balance: moneyFrom(49_873.26) },
  ]);
});

/** The snapshot that the desk asks for as it starts does not come. */
const NEVER = { toVenueMs: 1e9, toDeskMs: 0 } as never;
const HELD = [{ instrument: GOLD.id, qty: signedLots(1), avgEntryTicks: 26_501 }];

function says(desk: TestDesk, balance: number, positions: AccountSnapshot["positions"] = []) {
  return desk.list({ standing: { canTrade: true, balance: moneyFrom(balance) }, positions });
}

/** A fill of somebody else, that the hub tells. */
function tell(desk: TestDesk, overrides: Partial<Fill>): void {
  const fill = aFill({ at: epochMs(desk.now), ...overrides });
  desk.report({ kind: "filled", clientOrderId: fill.clientOrderId, fill });
}

function balanceOf(desk: TestDesk): Money | undefined {
  return desk.state.accounts.get(ACCOUNT)?.balance;
}

function isOfMoney({ kind }: { readonly kind: string }): boolean {
  return kind === "balanceAdopted" || kind === "findingRaised";
}
