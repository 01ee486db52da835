import type { AccountConfig } from "#core/desk/config.ts";
import { invariant } from "#core/domain/invariant.ts";
import { type Setting, readSetting } from "#core/domain/settings.ts";
import { type AccountLimits, accountLimits } from "./limits.ts";
import type { ArmedRule } from "./rule.ts";
import { RULES } from "./rules/catalogue.ts";

/** What the gate knows of one account besides the desk's state: its configuration, read and bound. */
export type AccountGate = {
  readonly config: AccountConfig;
  readonly limits: AccountLimits;
  readonly rules: readonly ArmedRule[];
};

/**
 * Reads and binds what the configuration says; it was validated at the edge, so a mistake here is a bug. A rule that
 * nobody knows would be one that nobody enforces.
 */
export function accountGate(config: AccountConfig): AccountGate {
  const rules: ArmedRule[] = [];
  for (const rule of RULES) {
    if (!Object.hasOwn(config.rules, rule.key)) continue;
    rules.push(rule.arm(mustRead(rule.settings, config.rules[rule.key])));
  }
  invariant(rules.length === Object.keys(config.rules).length, "a session names known rules only");
  return { config, limits: mustRead(accountLimits, config.limits), rules };
}

function mustRead<T>(setting: Setting<T>, raw: unknown): T {
  const reading = readSetting(setting, raw);
  invariant(reading.ok, "a session is opened with settings that were validated");
  return reading.value;
}
