import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { chain, chained, session } from "#storage/journal-samples.ts";
import { openJournal } from "#storage/sqlite-journal.ts";

// Writes a journal as its lines of standard input say and answers each with one line, or in the way its mode says.
const [path = "journal.db", mode = "obey"] = process.argv.slice(2);
const journal = openJournal({ path, chain, session });

let last = journal.head();

function append(count: number): void {
  const bodies = Array.from({ length: count }, (_, index) => `{"event":${last.seq + index + 1}}`);
  for (const record of chained(bodies, last)) {
    journal.append(record);
    last = record;
  }
}

function answer(line: string): void {
  writeSync(1, `${line}\n`);
}

function attempt(work: () => void): void {
  try {
    work();
    answer(`done ${journal.head().seq}`);
  } catch (error) {
    answer(error instanceof Error ? `${error.name}: ${error.message}` : "no error");
  }
}

function flood(): never {
  for (;;) {
    append(1);
    journal.commit();
    answer(String(last.seq));
    if (last.seq % 50 === 0) journal.checkpoint("busy");
  }
}

/** A short life with everything in it. */
function once(): never {
  for (let round = 0; round < 3; round += 1) {
    append(2);
    journal.commit();
    answer(String(last.seq));
    journal.checkpoint(round === 1 ? "idle" : "busy");
    journal.saveSnapshot({ ...journal.head(), body: `state at ${last.seq}` });
  }
  journal.close();
  answer("closed");
  process.exit();
}

if (mode !== "once") answer(`open ${journal.head().seq}`);
if (mode === "flood") flood();
if (mode === "once") once();
for await (const line of createInterface(process.stdin)) {
  const [word, count] = line.split(" ");
  if (word === "append") append(Number(count));
  else if (word === "commit") attempt(() => journal.commit());
  else if (word === "checkpoint") attempt(() => journal.checkpoint("idle"));
  else if (word === "read") attempt(() => [...journal.read(0)]);
}
journal.close();
