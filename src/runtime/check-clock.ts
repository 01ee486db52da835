import type { EpochMs } from "#core/domain/units.ts";
import type { Session } from "./session.ts";

const SKEW_MAX_MS = 1_000;

/** A clock that differs from the venue's makes ages, hours and days wrong: no entries until it is right. */
export function checkClock({ health, desk, loop }: Session, at: EpochMs): void {
  if (health === null) return;
  const { clockSkewMs: skewMs } = health;
  const side = skewMs > 0 ? "ahead of" : "behind";
  const isOff = Math.abs(skewMs) > SKEW_MAX_MS;
  if (isOff === (desk.state.degraded !== null)) return;
  const reason = isOff ? `our clock is ${Math.abs(skewMs)} ms ${side} the venue's` : null;
  loop.apply({ kind: "degradedChanged", at, reason });
  loop.release();
}
