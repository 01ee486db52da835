import type { Command } from "commander";
import { type DeskThere, VENUE_CONFIG_HELP, askVenue } from "#cli/at-venue.ts";
import { type CommandFrame, outLook, print } from "#cli/command-frame.ts";
import {
  type AccountLine,
  accountLines,
  accountsOfDesk,
  accountsOfVenue,
} from "#cli/commands/accounts.ts";
import { EXIT, type ExitCode } from "#cli/exit-codes.ts";
import type { PlanFlags } from "#cli/plan.ts";
import { listing, printable } from "#cli/table.ts";
import { durationText } from "#cli/time-text.ts";
import type { VenueSession } from "#cli/venue-session.ts";
import { skewText } from "#cli/venue-table.ts";
import { instantText } from "#core/domain/instant-text.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { LivePlan } from "#runtime/session-plan.ts";

type LoginCheck = {
  readonly from: "desk" | "venue";
  readonly venue: string;
  /** Null where a desk answers, which does not say. */
  readonly user: string | null;
  /** Milliseconds; null while the desk has no session. */
  readonly tokenLifeLeftMs: number | null;
  /** Whose time it is; `venueTime` of a practice gateway is its own. */
  readonly venueTime: EpochMs;
  /** How far our clock is certainly ahead of the venue's; null where the venue keeps a time of its own. */
  readonly clockSkewMs: number | null;
  readonly displacedCount: number;
  readonly accounts: readonly AccountLine[];
  /** What is not as the configuration wants it, in sentences. */
  readonly problems: readonly string[];
};

export function addLogin(program: Command, frame: CommandFrame): void {
  const login = program.command("login").description("look at the log-in at the venue");
  login
    .command("check")
    .description("log in and tell user, session, accounts and clock; a running desk answers for it")
    .option("--config <file>", VENUE_CONFIG_HELP)
    .action(async (_options: unknown, command: Command) => {
      frame.finish(await check(frame, command.optsWithGlobals<PlanFlags>()));
    });
}

async function check(frame: CommandFrame, flags: PlanFlags): Promise<ExitCode> {
  const found = await askVenue<LoginCheck>(frame, flags, {
    byDesk: (desk) => ofDesk(desk),
    byVenue: (venue, plan) => ofVenue(venue, plan),
  });
  print(frame, flags, {
    json: () => found,
    lines: () => [
      ...listing(entries(found)),
      "",
      ...accountLines(found.accounts, outLook(frame).width),
      ...found.problems.map((problem) => outLook(frame).paint.warn(problem)),
    ],
  });
  return EXIT.done;
}

function ofDesk(desk: DeskThere): LoginCheck {
  const { status } = desk;
  const { venue } = status;
  return {
    from: "desk",
    venue: `as session ${status.sessionId} has it`,
    user: null,
    tokenLifeLeftMs: venue?.tokenLifeLeftMs ?? null,
    venueTime: venue?.now ?? status.at,
    clockSkewMs: venue?.clockSkewMs ?? null,
    displacedCount: venue?.displacedCount ?? 0,
    accounts: accountsOfDesk(desk),
    problems: venue === null || venue.link === "up" ? [] : [`The link is down: ${venue.reason}`],
  };
}

async function ofVenue(venue: VenueSession, { connection, config }: LivePlan): Promise<LoginCheck> {
  const { session, token, asker } = venue;
  const accounts = await accountsOfVenue(venue, connection);
  const missing = config.accounts.filter(
    ({ accountId }) => !accounts.some((one) => one.accountId === accountId),
  );
  const now = session.venueClock.now();
  return {
    from: "venue",
    venue: `${asker.venue} (${connection.kind})`,
    user: asker.user,
    tokenLifeLeftMs: token.expiresAt - now,
    venueTime: now,
    clockSkewMs: session.told === null ? session.skew.ms : null,
    displacedCount: session.tokens.displaced,
    accounts,
    problems: missing.map(
      ({ accountId }) =>
        `${accountId} of the configuration is none of them; name it with venueName`,
    ),
  };
}

function entries(found: LoginCheck): readonly (readonly [string, string])[] {
  const { venue, user, tokenLifeLeftMs, venueTime, clockSkewMs, displacedCount } = found;
  return [
    ["Venue", venue],
    ...(user === null ? [] : [["User", printable(user)] as const]),
    ["Session", tokenLifeLeftMs === null ? "none" : `good for ${durationText(tokenLifeLeftMs)}`],
    ["Venue time", instantText(venueTime)],
    [
      "Our clock",
      clockSkewMs === null ? "not compared: the gateway keeps its own time" : skewText(clockSkewMs),
    ],
    ...(displacedCount === 0
      ? []
      : [["Other logins", `have taken the session ${displacedCount} times`] as const]),
  ];
}
