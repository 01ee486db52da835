import type { Command } from "#core/desk/command.ts";
import type { Fact } from "#core/desk/fact.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { SessionEnding } from "#ports/session-marks.ts";
import type { Holdings } from "./holdings.ts";
import type { DeskStatus } from "./status.ts";

export type Alert = Extract<Command, { kind: "alert" }>;

/** How a session begins: for the first time, again, or not at all because it has ended. */
export type Opening =
  | { readonly kind: "new" }
  | { readonly kind: "resumed"; readonly at: EpochMs; readonly held: Holdings }
  | { readonly kind: "ended"; readonly ending: SessionEnding };

/** Who looks on while a session runs. Told only what is durable; may look, never touch. */
export type SessionWatch = {
  readonly onOpening?: (opening: Opening) => void;
  readonly onStatus?: (status: DeskStatus) => void;
  readonly onFact?: (fact: Fact, at: EpochMs) => void;
  /** Share of the data that has been played, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly onAlert?: (alert: Alert, at: EpochMs) => void;
};
