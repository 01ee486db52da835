import type { AnyStrategy } from "#core/strategy/strategy.ts";
import { emaCross } from "./ema-cross.ts";

/** The built-in strategies by their name in the configuration file. */
export const STRATEGIES: ReadonlyMap<string, AnyStrategy> = new Map(
  [emaCross].map((one) => [one.name, one]),
);
