import type { SessionId } from "#core/domain/ids.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { JournalRecord } from "#ports/journal.ts";
import type { SecretCabinet } from "#ports/secrets.ts";
import type { AttachedOptions } from "#runtime/attached.ts";
import type { Environment } from "#runtime/config/environment.ts";
import type { PlanWorld } from "#runtime/config/load-config.ts";
import type { LoadedPlan } from "#runtime/config/load-plan.ts";
import type { ControlMessage, ControlReply } from "#runtime/control.ts";
import type { ServePracticeOptions } from "#runtime/practice-parts.ts";
import type { ReplayOptions } from "#runtime/replay.ts";
import type { SessionReport } from "#runtime/report.ts";
import type { SessionListing } from "#runtime/session-listing.ts";
import type { ConnectionPlan, LivePlan, SessionPlan } from "#runtime/session-plan.ts";
import type { SessionWatch } from "#runtime/session-watch.ts";
import type { ServeVenueOptions } from "#runtime/venue-parts.ts";
import type { VerifyReport } from "#runtime/verify.ts";
import type { VenueSession } from "./venue-session.ts";

/** Where text goes, and how much of it fits. */
export type TextOutput = {
  readonly write: (text: string) => void;
  /** Shows a screen of a terminal in place of the last one. */
  readonly draw: (frame: string) => void;
  /** Puts a terminal that shows a screen back as it was. */
  readonly leave: () => void;
  /** Whether a person's terminal is at the other end. */
  readonly isTty: boolean;
  readonly size: () => { readonly columns: number; readonly rows: number };
};

/** Where answers and secrets come from. */
export type TextInput = {
  /** Whether a person is there who can be asked. */
  readonly isTty: boolean;
  /** Asks at the terminal; what is typed to a hidden question is not shown. Rejects with `InterruptedError`. */
  readonly ask: (question: string, how: "shown" | "hidden") => Promise<string>;
  /** What is piped in, to its end. */
  readonly read: () => Promise<string>;
};

/** What a command gets of the process it runs in. */
export type CliIo = {
  readonly input: TextInput;
  readonly out: TextOutput;
  readonly err: TextOutput;
  /** For what runs on beside its reader: from now on nobody who does not read makes this process wait. */
  readonly neverWait: () => void;
  readonly env: Environment;
  readonly cwd: string;
  /** The person at the keyboard, as the operating system knows them. */
  readonly user: string;
  readonly now: () => EpochMs;
  readonly newId: () => string;
  /** Aborts when the person wants the command to end. */
  readonly stop: AbortSignal;
};

/** What a command can do, bound to the real world by the composition root. */
export type AttachOptions = Omit<AttachedOptions, "venue"> & { readonly address: string };

export type Runtime = Pick<PlanWorld, "strategies" | "data"> & {
  readonly version: string;
  /** The configuration that is used when none is named. */
  readonly defaultConfig: string;
  readonly backtest: (plan: SessionPlan, watch: SessionWatch) => Promise<SessionReport>;
  readonly replay: (plan: SessionPlan, options: ReplayOptions) => Promise<SessionReport>;
  /** A replay whose venue is a process of its own. */
  /** At a simulated venue that listens at an address. */
  readonly attach: (plan: SessionPlan, options: AttachOptions) => Promise<SessionReport>;
  /** At the venue of a plan, with what the plan's mode sends there. */
  readonly live: (
    plan: LivePlan,
    options: Omit<AttachedOptions, "venue">,
  ) => Promise<SessionReport>;
  /** The practice gateway of the sample as a process of its own; it ends with this one at the latest. */
  readonly startPractice: (options: {
    readonly speed: number;
    readonly set: readonly string[];
    readonly stop: AbortSignal;
  }) => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
  readonly servePractice: (plan: LoadedPlan, options: ServePracticeOptions) => Promise<void>;
  readonly serveVenue: (plan: SessionPlan, options: ServeVenueOptions) => Promise<void>;
  /** Runs `keel` with these arguments in a process of its own and starts it again when it dies. */
  readonly supervise: (args: readonly string[]) => Promise<number>;
  /** Logs in at a venue without a desk. Errors as of `openVenueSession` and `secretText`. */
  readonly openVenue: (connection: ConnectionPlan, dataFolder: string) => Promise<VenueSession>;
  /** Where secrets are kept for a data folder. */
  readonly secrets: (dataFolder: string) => SecretCabinet;
  readonly askDesk: (dataFolder: string, message: ControlMessage) => Promise<ControlReply>;
  readonly verify: (dataFolder: string, sessionId: SessionId) => VerifyReport;
  readonly readJournal: (session: Archived, from: number) => Iterable<JournalRecord>;
  /** Sessions recorded in a data folder, the newest last. */
  readonly sessions: (dataFolder: string) => readonly SessionId[];
  readonly listSessions: (dataFolder: string) => readonly SessionListing[];
  /** Deletes all files of a session. Throws `InstanceHeldError` while a desk runs on the folder. */
  readonly removeSession: (dataFolder: string, sessionId: SessionId) => void;
};

export type Archived = { readonly dataFolder: string; readonly sessionId: SessionId };
