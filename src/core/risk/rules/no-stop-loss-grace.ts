import type { PlainData } from "#core/domain/plain-data.ts";
import {
  choice,
  duration,
  integer,
  nullable,
  object,
  optional,
  readSetting,
} from "#core/domain/settings.ts";
import type { DurationMs, EpochMs } from "#core/domain/units.ts";
import type { Breach } from "#core/risk/breach.ts";
import { rule } from "#core/risk/rule.ts";

/** A stop placed elsewhere is looked for this long before the grace ends, or half-way where the grace is short. */
const ASK_BEFORE_MS = 2_000;

const settings = object({
  /** Stops of a bracket work some hundred milliseconds after their entry has filled. */
  grace: optional(duration("1s"), 10_000 as DurationMs),
  onBreach: optional(choice("close", "alert"), "close"),
  /** `reject` denies entries that carry no stop at all. */
  requireStopOnEntry: optional(choice("off", "reject"), "off"),
  /** Entries whose stop is farther away than this are denied. */
  maxStopTicks: nullable(integer({ min: 1 })),
});

/** RULE-008. Closes a position that has had too little stop quantity at the venue for longer than the grace. */
export const noStopLossGrace = rule(settings, {
  id: "RULE-008",
  key: "no_stop_loss_grace",
  title: "No position without a stop",
  unit: "duration",
  check(intent, _view, { requireStopOnEntry, maxStopTicks }) {
    const stopTicks = intent.bracket?.stopLossTicks;
    if (stopTicks === undefined) {
      if (requireStopOnEntry === "off") return undefined;
      return { rule: "RULE-008", code: "stopRequired", limit: null, value: null };
    }
    if (maxStopTicks === null || stopTicks <= maxStopTicks) return undefined;
    return { rule: "RULE-008", code: "stopTooFar", limit: maxStopTicks, value: stopTicks };
  },
  monitor(accountId, view, { grace, onBreach }) {
    const breaches: Breach[] = [];
    const deadlines: number[] = [];
    const questions: number[] = [];
    for (const position of view.openPositions(accountId)) {
      const since = view.unprotectedSince(position);
      if (since === undefined) continue;
      const deadline = since + grace;
      const askAt = deadline - Math.min(ASK_BEFORE_MS, Math.floor(grace / 2));
      if (view.now < askAt && !view.isBracketed(position)) questions.push(askAt);
      if (view.now < deadline) {
        deadlines.push(deadline);
        continue;
      }
      const { instrument } = position;
      breaches.push({
        accountId,
        rule: "RULE-008",
        code: "positionWithoutStop",
        limit: grace,
        value: view.now - since,
        remedy: onBreach === "close" ? { kind: "closeInstrument", instrument } : { kind: "alert" },
      });
    }
    const checkAgainAt = earliest(deadlines);
    return { breaches, warnings: [], checkAgainAt, askVenueAt: earliest(questions) };
  },
  /** Milliseconds that the worst position has been unprotected. */
  used(accountId, view, { grace }) {
    let used = 0;
    for (const position of view.openPositions(accountId)) {
      const since = view.unprotectedSince(position);
      if (since !== undefined) used = Math.max(used, view.now - since);
    }
    return { used, limit: grace };
  },
});

/** What follows when a position stays without a stop; undefined where the rule is not enabled. */
export function stopGrace(
  rules: Readonly<Record<string, PlainData>>,
): { readonly grace: DurationMs; readonly onBreach: "close" | "alert" } | undefined {
  if (!Object.hasOwn(rules, noStopLossGrace.key)) return undefined;
  const reading = readSetting(settings, rules[noStopLossGrace.key]);
  return reading.ok ? reading.value : undefined;
}

function earliest(instants: readonly number[]): EpochMs | null {
  return instants.length === 0 ? null : (Math.min(...instants) as EpochMs);
}
