import type { AnyRule } from "#core/risk/rule.ts";
import { dailyRealizedLoss } from "./daily-realized-loss.ts";
import { maxContractsPerInstrument } from "./max-contracts-per-instrument.ts";
import { maxContracts } from "./max-contracts.ts";
import { noStopLossGrace } from "./no-stop-loss-grace.ts";

/** Every rule Keel knows. A new one is a file beside these and a line here. */
export const RULES: readonly AnyRule[] = [
  maxContracts,
  maxContractsPerInstrument,
  dailyRealizedLoss,
  noStopLossGrace,
];
