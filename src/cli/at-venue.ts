import type { SessionConfig } from "#core/desk/config.ts";
import { DeskWaitsError, NoDeskError } from "#runtime/control.ts";
import type { ConnectionPlan, LivePlan } from "#runtime/session-plan.ts";
import type { DeskStatus } from "#runtime/status.ts";
import { deskOrWait, waitingText } from "./ask.ts";
import { type CommandFrame, type GlobalFlags, dataFolder } from "./command-frame.ts";
import { type PlanFlags, livePlanFor } from "./plan.ts";
import type { VenueSession } from "./venue-session.ts";

export const VENUE_CONFIG_HELP =
  "configuration file with a connection; that of the shipped sample when left out";

/** A desk that is logged in at its venue. */
export type DeskThere = { readonly status: DeskStatus; readonly config: SessionConfig };

/** What answers a question about the venue, told apart because a second log-in would end the session of a desk. */
type Answering<T> = {
  readonly byDesk: (desk: DeskThere) => T;
  readonly byVenue: (venue: VenueSession, plan: LivePlan) => Promise<T>;
};

/** Asks the desk of the data folder where one is logged in, else the venue itself. */
export async function askVenue<T>(
  frame: CommandFrame,
  flags: PlanFlags,
  { byDesk, byVenue }: Answering<T>,
): Promise<T> {
  const desk = await deskAtVenue(frame, flags);
  if (desk !== null) return byDesk(desk);
  const plan = await livePlanFor(frame, flags, { mode: "live", sessionId: "lookup" });
  const venue = await frame.runtime.openVenue(plan.connection, dataFolder(frame, flags));
  try {
    return await byVenue(venue, plan);
  } finally {
    venue.close();
  }
}

const AT_A_VENUE: ReadonlySet<SessionConfig["mode"]> = new Set([
  "live",
  "paper",
  "shadow",
  "collect",
]);

/** Null where no desk runs on the data folder, or one that has no venue. Throws `DeskWaitsError` while it gets there. */
async function deskAtVenue(frame: CommandFrame, flags: GlobalFlags): Promise<DeskThere | null> {
  const reply = await deskOrWait(frame, flags).catch((error: unknown) => {
    if (error instanceof NoDeskError) return null;
    throw error;
  });
  if (reply === null) return null;
  if (reply.kind === "status") return AT_A_VENUE.has(reply.status.mode) ? reply : null;
  throw new DeskWaitsError(
    `Expected no desk that is logging in, found that ${waitingText(reply)}; another log-in would end its session`,
  );
}

/** What the desk calls an account of the venue; null for one that is not configured. */
export function nameHere(
  { accounts }: Pick<ConnectionPlan, "accounts">,
  { id, name }: { readonly id: string; readonly name: string },
): string | null {
  const exact = accounts.find(({ venueName }) => venueName === id || venueName === name);
  const found = exact ?? accounts.find(({ venueName }) => name.startsWith(venueName));
  return found?.accountId ?? null;
}
