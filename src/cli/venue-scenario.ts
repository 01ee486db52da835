import { accountId, instrumentId } from "#core/domain/ids.ts";
import type { VenueHealth } from "#ports/venue-health.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { aBusyStatus, at } from "./cli-scenario.ts";

/** A link that stands, with nothing to complain about. */
export function aVenueHealth(overrides: Partial<VenueHealth> = {}): VenueHealth {
  return {
    link: "up",
    reason: "connected",
    now: at("2013-10-08T14:05:00Z"),
    tokenLifeLeftMs: 84_600_000,
    userHub: { isUp: true, lastMessageAgeMs: 4_200, attempts: 1 },
    marketHub: { isUp: true, lastMessageAgeMs: 120, attempts: 1 },
    budgetLeft: { general: 187, history: 50 },
    clockSkewMs: 0,
    displacedCount: 0,
    isDisplaced: false,
    reconciling: [],
    offTickCount: 0,
    accounts: [
      { accountId: accountId("PRACTICE-1"), name: "PRAC-V2-1", balance: 49_873.26, canTrade: true },
    ],
    contracts: [{ instrument: instrumentId("MGC"), contractId: "CON.F.US.MGC.Z13", problem: null }],
    ...overrides,
  };
}

/** The middle of a busy day at a venue. */
export function aBusyVenue(
  venue: Partial<VenueHealth> = {},
  overrides: Partial<DeskStatus> = {},
): DeskStatus {
  return { ...aBusyStatus(), mode: "live", venue: aVenueHealth(venue), ...overrides };
}
