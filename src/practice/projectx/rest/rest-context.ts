import type { EpochMs } from "#core/domain/units.ts";
import type { Firm } from "#practice/projectx/book/firm.ts";
import type { Faults } from "#practice/projectx/faults/faults.ts";
import type { Bar, BarRequest } from "#practice/projectx/market/stored-bars.ts";
import type { Sessions } from "./sessions.ts";

/** Who may log in. */
export type GatewayUser = {
  readonly userName: string;
  readonly apiKey: string;
  /** Whether the user has bought the API add-on. */
  readonly hasApi: boolean;
};

/** What operations work with. */
export type RestContext = {
  readonly firm: Firm;
  readonly sessions: Sessions;
  readonly user: GatewayUser;
  readonly faults: Faults;
  readonly bars: (request: BarRequest) => Promise<readonly Bar[]>;
  readonly now: () => EpochMs;
};

/** The instant as of which an operation lists things: Infinity unless its answers are to be stale. */
export function listedAsOf({ faults, now }: RestContext, operation: string): number {
  const fault = faults.take("staleLists", { operation });
  return fault === undefined ? Number.POSITIVE_INFINITY : now() - fault.ms;
}
