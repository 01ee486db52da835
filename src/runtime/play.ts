import type { EpochMs } from "#core/domain/units.ts";
import { TickRows } from "#core/market/tick-rows.ts";
import type { MarketDataSource } from "#ports/market-data.ts";
import type { DeskLoop } from "./desk-loop.ts";
import type { PlannedData, SessionPlan } from "./session-plan.ts";
import type { SessionWatch } from "./session-watch.ts";
import type { TapePlayer } from "./tape-player.ts";

export type Playing = {
  readonly source: MarketDataSource;
  readonly plan: SessionPlan;
};

/** Builds views and indicators from what happened, a part of the session included after a restart. */
export async function warmUp(
  player: Pick<TapePlayer, "warmUp">,
  loop: DeskLoop,
  { source, from, until }: Pick<Playing, "source"> & PlannedData["session"],
): Promise<void> {
  loop.apply({ kind: "warmupBegan", at: until });
  for await (const block of source.blocks({ from, until })) player.warmUp(block);
  loop.apply({ kind: "warmupEnded", at: until });
  loop.release();
}

/** Tells the desk history row by row, without time between the rows. */
export function historyPlayer(
  { instruments }: Pick<MarketDataSource, "instruments">,
  loop: DeskLoop,
): Pick<TapePlayer, "warmUp"> {
  const rows = new TickRows(instruments);
  return {
    warmUp(block) {
      for (let row = 0; row < block.count; row += 1) loop.apply(rows.at(block, row));
    },
  };
}

/** Plays the whole session and lets what is still due at its end happen. */
export async function playAll(
  player: TapePlayer,
  { source, plan, watch }: Playing & { readonly watch: SessionWatch },
): Promise<void> {
  const { from, until } = plan.data.session;
  for await (const block of source.blocks({ from, until })) {
    player.play(block, 0, Number.POSITIVE_INFINITY);
    watch.onProgress?.(progress(plan.data.session, block.at[block.count - 1] ?? from));
  }
  player.advance(until);
  watch.onProgress?.(1);
}

/** Where the history of a plan begins. */
export function historyFrom({ data }: SessionPlan): EpochMs {
  return data.warmUp?.from ?? data.session.from;
}

/** Share of a period that has passed at an instant. */
export function progress({ from, until }: PlannedData["session"], at: number): number {
  return Math.min(1, Math.max(0, (at - from) / (until - from)));
}
