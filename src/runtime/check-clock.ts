import type { EpochMs } from "#core/domain/units.ts";
import { skewProblem } from "#ports/clock-skew.ts";
import type { Session } from "./session.ts";

/** A clock that differs from the venue's makes ages, hours and days wrong: no entries until it is right. */
export function checkClock({ health, desk, loop }: Session, at: EpochMs): void {
  if (health === null) return;
  const reason = skewProblem(health.clockSkewMs);
  if ((reason !== null) === (desk.state.degraded !== null)) return;
  loop.apply({ kind: "degradedChanged", at, reason });
  loop.release();
}
