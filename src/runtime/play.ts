import type { EpochMs } from "#core/domain/units.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { DeskLoop } from "./desk-loop.ts";
import type { SessionPlan } from "./session-plan.ts";
import type { SessionWatch } from "./session-watch.ts";
import type { TapePlayer } from "./tape-player.ts";

export type Playing = {
  readonly source: MarketDataSource;
  readonly plan: SessionPlan;
};

/**
 * Builds views and indicators from everything before `until`, a part of the session included after a restart; from
 * the beginning of the history unless `from` says otherwise.
 */
export async function warmUp(
  player: Pick<TapePlayer, "warmUp">,
  loop: DeskLoop,
  { source, plan, ...range }: Playing & { readonly from?: EpochMs; readonly until: EpochMs },
): Promise<void> {
  const { until, from = plan.data.warmUp?.from ?? plan.data.session.from } = range;
  loop.apply({ kind: "warmupBegan", at: until });
  for await (const block of source.blocks({ from, until })) player.warmUp(block);
  loop.apply({ kind: "warmupEnded", at: until });
  loop.release();
}

/** Plays the whole session and lets what is still due at its end happen. */
export async function playAll(
  player: TapePlayer,
  { source, plan, watch }: Playing & { readonly watch: SessionWatch },
): Promise<void> {
  const { from, until } = plan.data.session;
  for await (const block of source.blocks({ from, until })) {
    player.play(block, 0, Number.POSITIVE_INFINITY);
    watch.onProgress?.(progress(plan, block.at[block.count - 1] ?? from));
  }
  player.advance(until);
  watch.onProgress?.(1);
}

/** Share of the session's time that has passed at an instant. */
export function progress(plan: SessionPlan, at: number): number {
  const { from, until } = plan.data.session;
  return Math.min(1, Math.max(0, (at - from) / (until - from)));
}
