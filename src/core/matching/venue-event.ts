import type { AccountSnapshot, OrderReport } from "#core/domain/report.ts";
import type { EpochMs } from "#core/domain/units.ts";

/** What a venue tells the desk: reports about orders, answers to snapshot requests, the state of the link. */
export type VenueEvent =
  | { readonly kind: "orderReported"; readonly at: EpochMs; readonly report: OrderReport }
  | { readonly kind: "accountReported"; readonly at: EpochMs; readonly snapshot: AccountSnapshot }
  | {
      readonly kind: "linkChanged";
      readonly at: EpochMs;
      readonly up: boolean;
      readonly reason: string;
    };
