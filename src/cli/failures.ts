import { InvariantError } from "#core/domain/invariant.ts";
import { JournalDamagedError, JournalWriteError } from "#ports/journal.ts";
import { AddressTakenError } from "#ports/local-address.ts";
import { SecretsDamagedError, SecretsError } from "#ports/secrets.ts";
import { OtherStateError } from "#ports/state-folder.ts";
import { ConfigError, type ConfigProblem, pathText } from "#runtime/config/config-problem.ts";
import { DataError } from "#runtime/config/data-catalog.ts";
import { DeskWaitsError, NoDeskError } from "#runtime/control.ts";
import { SessionConfigError, SessionLostError } from "#runtime/session.ts";
import { VenueTakenError, VenueTimeError, VenueUnreachedError } from "#runtime/venue-errors.ts";
import { VenueStartError } from "#runtime/venue-parts.ts";
import { InstanceHeldError } from "#storage/instance-lock.ts";
import { JournalFormatError } from "#storage/journal-meta.ts";
import { LeaseDamagedError } from "#storage/lease-file.ts";
import { MissingError, UnansweredError, UsageError } from "./command-frame.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type SentenceParts, sentenceParts } from "./sentence-parts.ts";
import { LeaseHeldError } from "./session-store.ts";
import { InterruptedError } from "./terminal-input.ts";
import {
  DeskHoldsVenueError,
  VenueDownError,
  VenueRefusedError,
  VenueSessionTakenError,
} from "./venue-failure.ts";

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
  [DeskWaitsError, EXIT.refused],
  [DeskHoldsVenueError, EXIT.refused],
  [VenueRefusedError, EXIT.refused],
  [NoDeskError, EXIT.noDesk],
  [VenueDownError, EXIT.noDesk],
  [VenueSessionTakenError, EXIT.otherInstance],
  [InstanceHeldError, EXIT.otherInstance],
  [AddressTakenError, EXIT.otherInstance],
  [OtherStateError, EXIT.usage],
  [LeaseHeldError, EXIT.otherInstance],
  [VenueTakenError, EXIT.otherInstance],
  [JournalDamagedError, EXIT.notVerified],
  [SessionLostError, EXIT.notVerified],
  [JournalFormatError, EXIT.notVerified],
  [LeaseDamagedError, EXIT.notVerified],
  [VenueUnreachedError, EXIT.interrupted],
  [InterruptedError, EXIT.interrupted],
  [SecretsDamagedError, EXIT.noData],
  [SecretsError, EXIT.usage],
  [DataError, EXIT.noData],
  [MissingError, EXIT.noData],
];

const NO_DESK_HINT =
  "start one with keel start or keel replay, or name its data folder with --data";

export function explain(error: unknown): Failure {
  if (error instanceof UnansweredError) {
    const { code, lines } = explain(error.cause);
    return { code, lines: [...lines, `${error.message}; ${error.again}`] };
  }
  const expected = EXPECTED.find(([kind]) => error instanceof kind);
  if (expected !== undefined && error instanceof Error) {
    return { code: expected[1], lines: [error.message, ...advice(error)] };
  }
  if (error instanceof JournalWriteError) return { code: EXIT.bug, lines: [error.message] };
  return { code: EXIT.bug, lines: [headline(error), stackOf(error)] };
}

/** The same for programs: one value. `expected`, `found` and `hint` are null where the message has no such part. */
export function explainJson(error: unknown): unknown {
  const again = error instanceof UnansweredError ? { hint: error.again } : {};
  const failed = error instanceof UnansweredError ? error.cause : error;
  const { code, lines } = explain(failed);
  const told = failed instanceof Error ? failed.message : String(failed);
  const problems = configProblems(failed);
  const isBug = code === EXIT.bug && !(failed instanceof JournalWriteError);
  return {
    error: told,
    ...(problems.length === 1 ? partsOf(problems[0]) : said(failed, told)),
    ...again,
    exitCode: code,
    ...(problems.length === 0 ? {} : { problems: problemsJson(failed) }),
    ...(isBug ? { stack: lines.at(-1) } : {}),
  };
}

function partsOf(problem: ConfigProblem | undefined): SentenceParts {
  const { expected = null, found = null, hint = null } = problem ?? {};
  return { expected, found, hint };
}

function said(failed: unknown, told: string): SentenceParts {
  if (!(failed instanceof NoDeskError)) return sentenceParts(told);
  return { expected: "a running desk", found: told, hint: NO_DESK_HINT };
}

/** The problems of a configuration; none when it failed for another reason. */
function configProblems(error: unknown): readonly ConfigProblem[] {
  const config = error instanceof DataError ? error.cause : error;
  return config instanceof ConfigError ? config.problems : [];
}

/** The problems of a configuration for programs. */
export function problemsJson(error: unknown): readonly unknown[] {
  return configProblems(error).map(({ place, path, ...rest }) => ({
    ...(place.kind === "file" ? { line: place.line, column: place.column } : {}),
    path: pathText(path),
    ...rest,
  }));
}

function advice(error: Error): readonly string[] {
  if (error instanceof NoDeskError) return [sentence(NO_DESK_HINT)];
  return error instanceof UsageError && error.usage !== null ? [error.usage] : [];
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function headline(error: unknown): string {
  const kind = error instanceof InvariantError ? "A rule of the program was broken" : "Unexpected";
  return `${kind}. Please report this with the lines below.`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
