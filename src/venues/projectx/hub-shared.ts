import { HubMessageError } from "./hub-events.ts";
import type { ProjectXParts, Reached } from "./link-parts.ts";
import type { LinkState } from "./link-state.ts";
import { type HubName, PRACTICE_MARK, type PracticePace } from "./practice-pace.ts";
import { problemOf } from "./wire-values.ts";

/** What both hubs need of the link. */
export type HubShared = {
  readonly parts: ProjectXParts;
  readonly reached: Reached;
  /** Null for a venue whose time is the wall's. */
  readonly pace: PracticePace | null;
  readonly state: LinkState;
};

/** The handler of a practice gateway's time; none for a real venue. */
export function practiceEvents(
  hub: HubName,
  pace: PracticePace | null,
): Readonly<Record<string, (mark: unknown) => void>> {
  if (pace === null) return {};
  return {
    PracticeTime: (mark) => {
      const read = PRACTICE_MARK.safeParse(mark);
      if (read.success) pace.mark(hub, read.data);
      else throw new HubMessageError(`PracticeTime cannot be read: ${problemOf(read.error)}`);
    },
  };
}
