import type { AccountConfig, BotConfig } from "#core/desk/config.ts";
import { accountId, botId } from "#core/domain/ids.ts";
import type { PlainData } from "#core/domain/plain-data.ts";
import { fixedSlippage } from "#core/matching/fill-model.ts";
import type { SimulationSettings } from "#runtime/session-plan.ts";
import { accountOf } from "./cross-checks.ts";
import type { AccountSettings, ConfigSettings } from "./schema.ts";

/** What of a session is the same over whatever data or venue it runs. */
export type AccountBasis = Pick<AccountConfig, "accountId" | "startBalance" | "limits" | "rules">;

export function accountBasis(name: string, account: AccountSettings): AccountBasis {
  const rules: [string, PlainData][] = [];
  for (const [key, rule] of Object.entries(account.rules))
    if (rule !== null) rules.push([key, rule]);
  return {
    accountId: accountId(name),
    startBalance: account.balance,
    limits: account.limits,
    rules: Object.fromEntries(rules),
  };
}

export function botConfigs({ bots, accounts }: ConfigSettings): readonly BotConfig[] {
  return bots.flatMap(({ value: { bot, account, instrument, strategy, risk } }) => {
    const owner = accountOf(account, accounts);
    if (owner === undefined) return [];
    return {
      botId: botId(bot.id),
      name: bot.name ?? bot.id,
      enabled: bot.enabled,
      accountId: accountId(owner),
      instrument: instrument.symbol.id,
      strategy: strategy.type,
      params: strategy.params,
      risk,
    };
  });
}

export function simulationOf({ venue }: ConfigSettings): SimulationSettings {
  return {
    latency: { toVenueMs: venue.latency.toVenue, toDeskMs: venue.latency.toDesk },
    fillModel: {
      limitFill: venue.limitFill,
      participation: venue.participation,
      marketDepth: venue.marketDepth,
      slippage: fixedSlippage(venue.slippageTicks),
    },
  };
}
