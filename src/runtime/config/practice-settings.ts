import {
  type SettingValue,
  amount,
  choice,
  flag,
  integer,
  mapOf,
  nullable,
  object,
  optional,
  text,
} from "#core/domain/settings.ts";

/** What the practice gateway decides about an account, as a firm would. */
const firmSetting = object({
  maxLoss: nullable(amount()),
  dailyLoss: nullable(amount()),
  maxContracts: nullable(integer({ min: 1 })),
  brackets: optional(choice("autoOco", "position"), "autoOco"),
  apiTrading: optional(flag(), true),
});

/** The practice gateway. Its user and key protect nothing: only this machine can reach it. */
export const practiceSetting = object({
  userName: optional(text("a user name"), "practice"),
  apiKey: optional(text("an API key"), "practice-key"),
  apiSubscription: optional(flag(), true),
  events: optional(choice("live", "doc"), "live"),
  flatByClose: optional(flag(), false),
  accounts: optional(mapOf(firmSetting), {}),
});

export type PracticeSettings = SettingValue<typeof practiceSetting>;
export type FirmSettings = SettingValue<typeof firmSetting>;

/** An account that the firm says nothing about. */
export const FIRM_DEFAULTS: FirmSettings = {
  maxLoss: null,
  dailyLoss: null,
  maxContracts: null,
  brackets: "autoOco",
  apiTrading: true,
};
