import type { AccountId } from "#core/domain/ids.ts";
import type { HubHealth, VenueHealth } from "#ports/venue-health.ts";
import type { Reached } from "./link-parts.ts";
import type { LinkState } from "./link-state.ts";
import type { MarketHub } from "./market-hub.ts";
import type { Standings } from "./standings.ts";
import type { UserHub } from "./user-hub.ts";

/** The state of a link, put together for whoever asks. */
export function healthOf(
  parts: Reached & {
    readonly state: LinkState;
    readonly reconciling: readonly AccountId[];
    readonly userHub: UserHub;
    readonly marketHub: MarketHub;
    readonly standings: Standings;
  },
): VenueHealth {
  const { session, accounts, book, state, reconciling, userHub, marketHub, standings } = parts;
  const now = session.venueClock.now();
  const token = session.tokens.current();
  const problems = [...book.problems].map(([instrument, problem]) => ({
    instrument,
    contractId: null,
    problem,
  }));
  return {
    link: state.isUp ? "up" : "down",
    reason: state.reason,
    now,
    tokenLifeLeftMs: token === null ? null : token.expiresAt - now,
    userHub: hubHealth(userHub),
    marketHub: hubHealth(marketHub),
    budgetLeft: session.rest.budgetLeft,
    clockSkewMs: session.skew.ms,
    displacedCount: session.tokens.displaced,
    isDisplaced: session.tokens.isDisplaced,
    reconciling,
    offTickCount: marketHub.offTick,
    accounts: accounts.accounts.map(({ accountId, name, atFirst }) => {
      const { balance, canTrade } = standings.of(accountId) ?? atFirst;
      return { accountId, name, balance, canTrade };
    }),
    contracts: [
      ...book.contracts.map(({ instrument, contractId }) => {
        return { instrument: instrument.id, contractId, problem: null };
      }),
      ...problems,
    ],
  };
}

function hubHealth({ isUp, silentMs, attempts }: UserHub | MarketHub): HubHealth {
  return { isUp, lastMessageAgeMs: silentMs, attempts };
}
