import { expect, test } from "vitest";
import { InvariantError } from "#core/domain/invariant.ts";
import { anAccountConfig } from "#test/kit/builders.ts";
import { accountGate } from "./account-gate.ts";
import { RULES } from "./rules/catalogue.ts";

test("an account has the rules it is configured with, in the order of the catalogue", () => {
  const config = anAccountConfig({
    rules: {
      no_stop_loss_grace: { grace: "10s", onBreach: "close" },
      daily_realized_loss: { limit: 400 },
      max_contracts: { limit: 3, unit: "contracts" },
      max_contracts_per_instrument: { limits: { MNQ: 2 } },
    },
  });

  const gate = accountGate(config);

  expect(gate.config).toBe(config);
  expect(gate.rules.map(({ id }) => id)).toEqual(["RULE-001", "RULE-002", "RULE-003", "RULE-008"]);
  expect(accountGate(anAccountConfig()).rules).toEqual([]);
});

test("limits that are left out have their fallbacks", () => {
  const { limits } = accountGate(anAccountConfig({ limits: { maxOrderSize: 7 } }));

  expect(limits).toEqual({
    instruments: null,
    maxOrderSize: 7,
    maxNotional: null,
    priceCollarTicks: 1_000,
    maxOpenPositions: 10,
    maxOpenOrders: 50,
    duplicateWindow: 500,
    staleAfter: 60_000,
    messageBudget: { limit: 180, window: 60_000, reserve: 20 },
  });
});

test.each([
  { limits: { instruments: [""] } },
  { limits: { maxOrderSize: 0 } },
  { limits: { maxNotional: 0 } },
  { limits: { priceCollarTicks: 0 } },
  { limits: { maxOpenPositions: 0 } },
  { limits: { maxOpenOrders: 0 } },
  { limits: { messageBudget: { limit: 1 } } },
  { limits: { messageBudget: { limit: 401 } } },
  { limits: { messageBudget: { reserve: 0 } } },
  { limits: { maxOrdersize: 1 } },
  { limits: { messageBudget: { window: "0s" } } },
  { rules: { max_contracts: {} } },
  { rules: { max_contract: { limit: 1 } } },
])("settings that nobody validated end the process: %j", (config) => {
  expect(() => accountGate(anAccountConfig(config))).toThrow(InvariantError);
});

test("every rule has a number, a name for the file and one for people, all different", () => {
  for (const part of ["id", "key", "title"] as const) {
    expect(new Set(RULES.map((rule) => rule[part])).size).toBe(RULES.length);
  }
});
