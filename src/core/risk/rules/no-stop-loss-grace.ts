import { choice, duration, integer, nullable, object, optional } from "#core/domain/settings.ts";
import type { DurationMs, EpochMs } from "#core/domain/units.ts";
import type { Breach } from "#core/risk/breach.ts";
import { rule } from "#core/risk/rule.ts";

/** RULE-008. Closes a position that has had too little stop quantity at the venue for longer than the grace. */
export const noStopLossGrace = rule(
  object({
    grace: optional(duration(), 10_000 as DurationMs),
    onBreach: optional(choice("close", "alert"), "close"),
    /** `reject` denies entries that carry no stop at all. */
    requireStopOnEntry: optional(choice("off", "reject"), "off"),
    /** A stop farther away than this is no protection. */
    maxStopTicks: nullable(integer({ min: 1 })),
  }),
  {
    id: "RULE-008",
    key: "no_stop_loss_grace",
    title: "No position without a stop",
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
      let checkAgainAt: EpochMs | null = null;
      for (const position of view.openPositions(accountId)) {
        const since = view.unprotectedSince(position);
        if (since === undefined) continue;
        const deadline = (since + grace) as EpochMs;
        if (view.now < deadline) {
          if (checkAgainAt === null || deadline < checkAgainAt) checkAgainAt = deadline;
          continue;
        }
        const { instrument } = position;
        breaches.push({
          accountId,
          rule: "RULE-008",
          code: "positionWithoutStop",
          limit: grace,
          value: view.now - since,
          remedy:
            onBreach === "close" ? { kind: "closeInstrument", instrument } : { kind: "alert" },
        });
      }
      return { breaches, warnings: [], checkAgainAt };
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
  },
);
