import type { JournalHead } from "#ports/journal.ts";
import type { JournalMeta } from "./journal-meta.ts";

/** How far a journal is known to have gone, and why its end may be missing. */
export type JournalExtent = {
  readonly known: JournalHead | undefined;
  readonly doubt: Doubt | undefined;
};

/** Why the end of the file may not be the end of the journal. */
export type Doubt = { readonly problem: string; readonly cause?: unknown };

export type ExtentSigns = {
  readonly end: JournalMeta["end"];
  readonly witness: JournalHead | undefined;
  readonly writeAheadFile: "present" | "missing";
};

/** What the places that remember the end say together. The furthest of them counts. */
export function extentFrom({ end, witness, writeAheadFile }: ExtentSigns): JournalExtent {
  if (end !== "open") {
    const known = witness !== undefined && witness.seq > end.seq ? witness : end;
    return { known, doubt: undefined };
  }
  if (witness === undefined && writeAheadFile === "missing") {
    const problem = "expected a write-ahead file beside a journal that was not closed, found none";
    return { known: undefined, doubt: { problem } };
  }
  return { known: witness, doubt: undefined };
}
