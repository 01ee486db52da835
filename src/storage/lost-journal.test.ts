import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sessionId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import { GOLD } from "#test/kit/builders.ts";
import { chained, storeEach, writableJournal } from "./journal-samples.ts";
import { lostJournal } from "./lost-journal.ts";
import { makeDataFolder, makeSessionFolder } from "./session-folder.ts";
import { NOTHING_MARKED, readNote, writeNote } from "./session-note.ts";
import { lastSetAside, setAside } from "./set-aside.ts";
import { openTapeWriter } from "./tape-file.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const BY_TAPE = "its tape has market data from event 3 on";
const BY_NOTE = "its session.json says that there was one";

test.each([
  ["nothing was ever recorded", {}, undefined],
  ["the journal is being made", { journal: "new" }, undefined],
  ["all is there", { journal: "whole", tape: true, begun: true }, undefined],
  ["the journal is gone and the tape is not", { tape: true }, `found none, and ${BY_TAPE}`],
  ["only the note is left", { begun: true }, `found none, and ${BY_NOTE}`],
  [
    "the journal was emptied",
    { journal: "cleared", tape: true },
    `without records, and ${BY_TAPE}`,
  ],
  ["another, new one is there", { journal: "new", begun: true }, `without records, and ${BY_NOTE}`],
] as const)("where %s", (_what, files, reason) => {
  const found = lostJournal(aSession(files));

  if (reason === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(reason);
});

test("what was lost is set aside once, and a new journal is not missed", () => {
  const folder = aSession({ tape: true, begun: true });

  const path = setAside(folder, "lost");

  expect(lostJournal(folder)).toBeUndefined();
  expect(lastSetAside(folder)).toEqual({ path, journal: null });
});

test("a note that a person has spoiled is none", () => {
  const folder = aSession({});

  writeFileSync(join(folder.path, "session.json"), "{");

  expect(readNote(folder.path)).toBeUndefined();
});

type Files = {
  readonly journal?: "new" | "whole" | "cleared";
  readonly tape?: boolean;
  readonly begun?: boolean;
};

function aSession({ journal: kind, tape, begun }: Files) {
  const data = makeDataFolder(new TemporaryFolder().path);
  const id = sessionId("paper-1");
  const folder = makeSessionFolder(data, id, epochMs(5));
  if (kind !== undefined) {
    const journal = writableJournal(folder.journal);
    if (kind === "whole") storeEach(journal, chained(["a", "b"]));
    journal.close();
  }
  if (kind === "cleared") {
    writeFileSync(folder.journal, "");
    rmSync(`${folder.journal}-head`);
  }
  if (tape === true) writeTape(folder.tape);
  if (begun === true) {
    writeNote(folder.path, { sessionId: id, createdAt: epochMs(5), ...NOTHING_MARKED, begun });
  }
  return folder;
}

function writeTape(path: string): void {
  const tape = openTapeWriter({ path, instruments: [GOLD.id], onLost: () => undefined });
  const row = { price: 1, qty: 1, askPrice: 0, askQty: 0, aggressor: 0 } as const;
  tape.append({ seq: 3, kind: 0, at: 5, instrument: GOLD.id, ...row });
  tape.close();
}
