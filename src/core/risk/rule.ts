import type { AccountId } from "#core/domain/ids.ts";
import type { RuleId } from "#core/domain/lockout.ts";
import type { OrderIntent } from "#core/domain/order.ts";
import type { Setting, SettingValue } from "#core/domain/settings.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Breach } from "./breach.ts";
import type { Denial } from "./denial.ts";
import type { RiskView } from "./risk-view.ts";

/**
 * One limit and what follows from breaking it. A rule is a value in one file; `rules/catalogue.ts` lists them all.
 * Both sides are pure: they read the view and answer, the gate and the monitor do the rest.
 */
export type RiskRule<S> = {
  readonly id: RuleId;
  /** Its name in the configuration file. */
  readonly key: string;
  readonly title: string;
  readonly settings: Setting<S>;
  /** Before: why this entry may not go out. Never asked about orders that only reduce. */
  readonly check: (intent: OrderIntent, view: RiskView, settings: S) => Denial | undefined;
  /** After: what is broken in an account as it is now, however it came about. */
  readonly monitor: (accountId: AccountId, view: RiskView, settings: S) => Finding;
  /** What its limit counts. */
  readonly unit: LimitUnit;
  /** How much of the limit is used, for screens: one number for the account. */
  readonly used: (accountId: AccountId, view: RiskView, settings: S) => Used;
};

/** Lots, units of the account's currency, or milliseconds. */
export type LimitUnit = "lots" | "money" | "duration";

/** In the unit of the rule; `limit` is what `used` may reach. */
export type Used = { readonly used: number; readonly limit: number };

/** What a monitor found. */
export type Finding = {
  readonly breaches: readonly Breach[];
  /** Shares of the limit that are used. */
  readonly warnings: readonly { readonly share: number }[];
  /** When time alone can break the rule. */
  readonly checkAgainAt: EpochMs | null;
  /** When the venue is asked first, because it may know better. */
  readonly askVenueAt: EpochMs | null;
};

export const NOTHING_FOUND: Finding = {
  breaches: [],
  warnings: [],
  checkAgainAt: null,
  askVenueAt: null,
};

/** A rule bound to the settings of one account; what gate and monitor work with. */
export type ArmedRule = {
  readonly id: RuleId;
  readonly check: (intent: OrderIntent, view: RiskView) => Denial | undefined;
  readonly monitor: (accountId: AccountId, view: RiskView) => Finding;
  readonly used: (
    accountId: AccountId,
    view: RiskView,
  ) => Used & { readonly rule: RuleId; readonly title: string; readonly unit: LimitUnit };
};

/** A rule whose settings type is hidden, so that rules of all kinds fit one list. */
export type AnyRule = {
  readonly id: RuleId;
  readonly key: string;
  readonly title: string;
  readonly settings: Setting<unknown>;
  readonly arm: (settings: unknown) => ArmedRule;
};

/** Declares a rule. The settings type follows from the schema. */
export function rule<Schema extends Setting<unknown>>(
  schema: Schema,
  declared: Omit<RiskRule<SettingValue<Schema>>, "settings">,
): AnyRule {
  return {
    id: declared.id,
    key: declared.key,
    title: declared.title,
    settings: schema,
    arm(raw) {
      const settings = raw as SettingValue<Schema>;
      return {
        id: declared.id,
        check: (intent, view) => declared.check(intent, view, settings),
        monitor: (accountId, view) => declared.monitor(accountId, view, settings),
        used: (accountId, view) => ({
          rule: declared.id,
          title: declared.title,
          unit: declared.unit,
          ...declared.used(accountId, view, settings),
        }),
      };
    },
  };
}
