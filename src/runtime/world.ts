import type { HashText } from "#core/desk/fingerprint.ts";
import type { BotId, SessionId } from "#core/domain/ids.ts";
import type { InstrumentId } from "#core/domain/ids.ts";
import type { AnyStrategy } from "#core/strategy/strategy.ts";
import type { Clock } from "#ports/clock.ts";
import type { Journal } from "#ports/journal.ts";
import type { SessionMarks } from "#ports/session-marks.ts";
import type { TapeReader, TapeWriter } from "#ports/tape.ts";
import type { ControlServer, OnControlMessage } from "./control.ts";
import type { PassPoint } from "./crash-point.ts";

/** The files of one session, held by this process alone while it runs. */
export type SessionFiles = {
  /** For writing; a new one after `setAside`. */
  readonly journal: Journal;
  /**
   * Set when the journal found on disk is damaged: what can still be read of it, and why it cannot be trusted. `sound`
   * is null when there is nothing to read, though there were records.
   */
  readonly damage: { readonly sound: Journal | null; readonly reason: string } | null;
  /** Keeps the journal found on disk as evidence under another name and begins a new one. */
  readonly setAside: () => void;
  readonly marks: SessionMarks;
  /** Notes durably what has changed. */
  readonly mark: (change: Partial<SessionMarks>) => void;
  readonly openTape: (instruments: readonly InstrumentId[]) => TapeWriter;
  /** This process's term of ownership; higher than any before. */
  readonly epoch: number;
  /** Makes the term higher than one that the journal tells of, where it is not. */
  readonly raiseEpoch: (above: number) => void;
  /** Extends the term; called every second. */
  readonly renewLease: () => void;
  /** Whether the term still holds, by a clock that cannot be set back. */
  readonly ownsLease: () => boolean;
  /** Watches from outside whether the strategies return; see `HangWatch`. */
  readonly watchHang: (botIds: readonly BotId[]) => HangWatch;
  /** The bot whose strategy hung when the last process ended, until `forgetHungBot`. */
  readonly hungBot: () => BotId | null;
  readonly forgetHungBot: () => void;
  readonly close: () => void;
};

/** Told when a strategy gets the floor and returns it; ends the process when one keeps it. */
export type HangWatch = {
  readonly began: (botId: BotId) => void;
  readonly ended: () => void;
  readonly close: () => Promise<void>;
};

/** The same files for reading only, while or after another process writes them. */
export type SessionArchive = {
  readonly journal: Journal;
  readonly openTape: () => TapeReader;
  readonly close: () => void;
};

/** Everything the runtime needs of the world, passed in by the composition root. */
export type World = {
  readonly clock: Clock;
  readonly hash: HashText;
  readonly strategies: ReadonlyMap<string, AnyStrategy>;
  /** Takes a session's files for writing, new or to go on with. Errors name the other owner or the damage. */
  readonly openSession: (dataFolder: string, sessionId: SessionId) => SessionFiles;
  readonly openArchive: (dataFolder: string, sessionId: SessionId) => SessionArchive;
  /** Told at every crash point; absent outside the crash proof. */
  readonly passPoint?: PassPoint;
  /** Opens the local control socket, for its owner only. */
  readonly listenControl: (
    dataFolder: string,
    onMessage: OnControlMessage,
  ) => Promise<ControlServer>;
};
