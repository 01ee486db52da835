import { InvariantError } from "#core/domain/invariant.ts";
import { JournalDamagedError, JournalWriteError } from "#ports/journal.ts";
import { AddressTakenError } from "#ports/local-address.ts";
import { OtherStateError } from "#ports/state-folder.ts";
import { VenueTimeError } from "#runtime/attached.ts";
import { ConfigError } from "#runtime/config/config-problem.ts";
import { DataError } from "#runtime/config/data-catalog.ts";
import { NoDeskError } from "#runtime/control.ts";
import { SessionConfigError } from "#runtime/session.ts";
import { VenueStartError } from "#runtime/venue-parts.ts";
import { InstanceHeldError } from "#storage/instance-lock.ts";
import { JournalFormatError } from "#storage/journal-meta.ts";
import { LeaseDamagedError } from "#storage/lease-file.ts";
import { MissingError, UsageError } from "./command-frame.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { LeaseHeldError } from "./session-store.ts";

/** How a failure ends the program and what a person reads of it. */
export type Failure = { readonly code: ExitCode; readonly lines: readonly string[] };

type ErrorClass = abstract new (...args: never[]) => Error;

/** Failures that are expected: their message says it all, and nobody needs to see where in the code they arose. */
const EXPECTED: readonly (readonly [ErrorClass, ExitCode])[] = [
  [UsageError, EXIT.usage],
  [ConfigError, EXIT.usage],
  [SessionConfigError, EXIT.usage],
  [VenueTimeError, EXIT.usage],
  [VenueStartError, EXIT.usage],
  [NoDeskError, EXIT.noDesk],
  [InstanceHeldError, EXIT.otherInstance],
  [AddressTakenError, EXIT.otherInstance],
  [OtherStateError, EXIT.usage],
  [LeaseHeldError, EXIT.otherInstance],
  [JournalDamagedError, EXIT.notVerified],
  [JournalFormatError, EXIT.notVerified],
  [LeaseDamagedError, EXIT.notVerified],
  [DataError, EXIT.noData],
  [MissingError, EXIT.noData],
];

const NO_DESK_HINT =
  "Start one with keel start or keel replay, or name its data folder with --data";

export function explain(error: unknown): Failure {
  const expected = EXPECTED.find(([kind]) => error instanceof kind);
  if (expected !== undefined && error instanceof Error) {
    const hint = error instanceof NoDeskError ? [NO_DESK_HINT] : [];
    return { code: expected[1], lines: [error.message, ...hint] };
  }
  if (error instanceof JournalWriteError) return { code: EXIT.bug, lines: [error.message] };
  return { code: EXIT.bug, lines: [headline(error), stackOf(error)] };
}

function headline(error: unknown): string {
  const kind = error instanceof InvariantError ? "A rule of the program was broken" : "Unexpected";
  return `${kind}. Please report this with the lines below.`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
