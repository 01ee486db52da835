import fc from "fast-check";
import { type AccountId, accountId } from "#core/domain/ids.ts";
import type { Side, TimeInForce } from "#core/domain/order.ts";
import type { DurationMs } from "#core/domain/units.ts";
import { ACCOUNT, aBotConfig, anAccountConfig } from "./builders.ts";
import type { TestDeskOptions } from "./test-desk.ts";

// What may happen to a desk, at random: steps and the wiring of a session.

export const ACCOUNTS = [ACCOUNT, accountId("PRACTICE-2")] as const;

/** One thing that may happen to a desk. Prices are distances from the last trade, orders an index into the open ones. */
export type SessionStep =
  | { readonly kind: "trade"; readonly move: number; readonly qty: number }
  | { readonly kind: "wait"; readonly ms: number }
  | {
      readonly kind: "submit";
      readonly accountId: AccountId;
      readonly side: Side;
      readonly qty: number;
      readonly type: "market" | "limit" | "stop";
      readonly distance: number;
      readonly bracket: readonly [stopLoss: number, takeProfit: number | null] | null;
      readonly timeInForce: TimeInForce;
      readonly reduceOnly: boolean;
    }
  | { readonly kind: "cancel"; readonly index: number }
  | {
      readonly kind: "modify";
      readonly index: number;
      readonly qty: number;
      readonly distance: number;
    }
  | { readonly kind: "close"; readonly accountId: AccountId; readonly qty: number | null }
  | { readonly kind: "flatten"; readonly accountId: AccountId }
  | { readonly kind: "setTradingState"; readonly state: "active" | "reducing" | "halted" }
  | {
      readonly kind: "elsewhere";
      readonly accountId: AccountId;
      readonly side: Side;
      readonly distance: number | null;
    }
  /** Lists that are held come late and out of date; reports that are held are overtaken by lists. */
  | {
      readonly kind: "answers";
      readonly become: "tell" | "lose" | "hold" | "holdLists" | "holdReports";
    }
  | { readonly kind: "commands"; readonly become: "send" | "lose" }
  | { readonly kind: "tellHeld" }
  | { readonly kind: "link"; readonly up: boolean }
  | { readonly kind: "journal"; readonly writable: boolean }
  | { readonly kind: "restart" };

const side = fc.constantFrom<Side>("buy", "sell");
const anAccount = fc.constantFrom(...ACCOUNTS);
const distance = fc.integer({ min: -25, max: 25 });
const index = fc.nat(9);

const commonStep: fc.Arbitrary<SessionStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("trade"),
      move: distance,
      qty: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 0, max: 3_000 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("submit"),
      accountId: anAccount,
      side,
      qty: fc.integer({ min: 1, max: 3 }),
      type: fc.constantFrom("market", "limit", "stop"),
      distance,
      bracket: fc.option(
        fc.tuple(fc.integer({ min: 1, max: 30 }), fc.option(fc.integer({ min: 1, max: 30 }))),
      ),
      timeInForce: fc.constantFrom<TimeInForce>("gtc", "day", "ioc", "fok"),
      reduceOnly: fc.nat(5).map((one) => one === 5),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel"), index }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("modify"),
      index,
      qty: fc.integer({ min: 1, max: 3 }),
      distance,
    }),
  },
  fc.record({
    kind: fc.constant("close"),
    accountId: anAccount,
    qty: fc.option(fc.integer({ min: 1, max: 3 })),
  }),
);

const rareStep: fc.Arbitrary<SessionStep> = fc.oneof(
  fc.record({ kind: fc.constant("flatten"), accountId: anAccount }),
  fc.record({
    kind: fc.constant("setTradingState"),
    state: fc.constantFrom("active", "active", "active", "reducing", "halted"),
  }),
  fc.record({
    kind: fc.constant("elsewhere"),
    accountId: anAccount,
    side,
    distance: fc.option(distance),
  }),
  fc.record({
    kind: fc.constant("answers"),
    become: fc.constantFrom("tell", "tell", "lose", "hold", "holdLists", "holdReports"),
  }),
  fc.record({ kind: fc.constant("commands"), become: fc.constantFrom("send", "send", "lose") }),
  fc.record({ kind: fc.constant("tellHeld") }),
  fc.record({ kind: fc.constant("link"), up: fc.constantFrom(true, true, false) }),
  fc.record({ kind: fc.constant("journal"), writable: fc.constantFrom(true, true, true, false) }),
  fc.record({ kind: fc.constant("restart") }),
);

export const sessionSteps: fc.Arbitrary<readonly SessionStep[]> = fc.array(
  fc.oneof({ weight: 7, arbitrary: commonStep }, { weight: 1, arbitrary: rareStep }),
  { maxLength: 120, size: "max" },
);

/** How a session is wired: with or without delay, depth, rules and a bot. */
export const sessionOptions: fc.Arbitrary<TestDeskOptions> = fc
  .record({
    toVenueMs: fc.constantFrom(0, 7),
    toDeskMs: fc.constantFrom(0, 11),
    marketDepth: fc.constantFrom("whole", "touch"),
    limitFill: fc.constantFrom("through", "touch"),
    guarded: fc.boolean(),
    bot: fc.boolean(),
  })
  .map(({ toVenueMs, toDeskMs, marketDepth, limitFill, guarded, bot }) => {
    const rules = guarded
      ? {
          max_contracts: { limit: 4 },
          daily_realized_loss: { limit: 60 },
          no_stop_loss_grace: { grace: "2s" },
        }
      : {};
    const params = { bars: "3t", fast: 1, slow: 2, atr: 1, minStopTicks: 5 };
    return {
      session: {
        accounts: ACCOUNTS.map((id) =>
          anAccountConfig({ accountId: id, rules, limits: { duplicateWindow: "1ms" } }),
        ),
        bots: bot ? [aBotConfig({ params })] : [],
      },
      venue: {
        latency: { toVenueMs: toVenueMs as DurationMs, toDeskMs: toDeskMs as DurationMs },
        fillModel: { limitFill, marketDepth, participation: 1, slippage: () => 0 },
      },
    };
  });
