import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chainHash } from "#core/desk/fingerprint.ts";
import { sessionId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import { openJournal } from "#storage/sqlite-journal.ts";
import { sha256 } from "./gold-session.ts";
import { type Finding, atMost, interleaved, median, quantile, wallMs } from "./measure.ts";

const RECORD_BYTES = 256;
const APPENDS = 8_000;
const SAMPLE = 2_000;
const GOAL = 2;

/**
 * One record made durable by the journal, against appending as many bytes to a file and waiting for the disk. At first
 * the write-ahead file grows; from some 4,000 records on it is written over, which costs the disk less.
 */
export function benchAppend(): readonly Finding[] {
  const folder = mkdtempSync(join(tmpdir(), "keel-bench-"));
  const chain = (previous: string, body: string) => chainHash(sha256, previous, body);
  const session = { sessionId: sessionId("bench"), now: epochMs(0), codeVersion: "bench" };
  const journal = openJournal({ path: join(folder, "journal.db"), chain, session });
  const raw = openSync(join(folder, "raw"), "a");
  const body = "x".repeat(RECORD_BYTES);
  let seq = 0;
  let hash = "";
  try {
    const times = interleaved(APPENDS, wallMs, {
      floor: () => {
        writeSync(raw, body);
        fdatasyncSync(raw);
      },
      subject: () => {
        seq += 1;
        hash = chain(hash, body);
        journal.append({ seq, body, hash });
        journal.commit();
      },
    });
    return [
      found("append", times, (sample) => sample.slice(0, SAMPLE)),
      found("append-later", times, (sample) => sample.slice(-SAMPLE)),
    ];
  } finally {
    journal.close();
    closeSync(raw);
    rmSync(folder, { recursive: true, force: true });
  }
}

type Times = ReturnType<typeof interleaved>;
type Sample = readonly number[];

function found(name: string, times: Times, part: (sample: Sample) => Sample): Finding {
  const subjectMs = part(times.subjectMs);
  const floorMs = part(times.floorMs);
  const p99 = (sample: Sample) => (quantile(sample, 0.99) * 1_000).toFixed(0);
  return atMost(GOAL, {
    name,
    value: median(subjectMs) * 1_000,
    unit: "us p50",
    floor: median(floorMs) * 1_000,
    note: `${RECORD_BYTES} bytes; p99 ${p99(subjectMs)} us, of the raw append ${p99(floorMs)} us`,
  });
}
