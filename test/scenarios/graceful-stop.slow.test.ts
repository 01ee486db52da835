import { expect, test } from "vitest";
import { openJournal } from "#storage/sqlite-journal.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { aBracket, anEntry, limitAt } from "#test/kit/builders.ts";
import { DeskClient, chain } from "#test/kit/desk-client.ts";
import { isProtected, isWorking, lastPrice } from "#test/kit/desk-states.ts";
import { keel } from "#test/kit/keel-process.ts";

const PACED = ["--speed", "60"] as const;

test.each(["SIGTERM", "SIGINT"] as const)(
  "asked by %s to stop, a replay cancels entries, keeps protection, saves its state and can go on",
  async (signal) => {
    const { path } = new TemporaryFolder();
    const client = new DeskClient(path);
    const desk = client.replay(PACED);
    await client.ready();
    await client.result(anEntry({ bracket: aBracket(100, null) }));
    const held = await client.until("a protected position", isProtected);
    await client.result(anEntry({ terms: limitAt(lastPrice(held) - 90) }));
    await client.until("an entry that works", (status) => isWorking(status, "entry"));

    desk.signal(signal);
    const ended = await desk.ended;
    const recorded = client.recorded();
    const stopping = recorded.findLastIndex(({ event }) => event.kind === "stopRequested");
    const stopped = recorded.slice(stopping).flatMap(({ facts }) => facts);
    const snapshotAt = savedAt(client);
    const verified = await keel(path, "verify");
    const again = client.replay(PACED);
    const restarted = await client.ready();
    const entered = await client.result(anEntry({ terms: limitAt(lastPrice(held) - 80) }));
    again.signal(signal);
    const endedAgain = await again.ended;

    expect(ended).toMatchObject({ code: 130, err: "" });
    expect(ended.out).toContain("state     the desk is stopping and takes no entries\n");
    expect(ended.out).toContain("Stopped before the end of the data.\n");
    expect(stopped).toMatchObject([
      { kind: "deskStopping" },
      { kind: "cancelRequested" },
      { kind: "orderCanceled", reason: "canceled on request", venueFilledQty: 0 },
    ]);
    expect(snapshotAt).toBe(recorded.at(-1)?.seq);
    expect(verified).toMatchObject({ code: 0, err: "" });
    expect(restarted.tradingState).toBe("active");
    expect(isProtected(restarted)).toBe(true);
    expect(isWorking(restarted, "entry")).toBe(false);
    expect(entered.kind).toBe("accepted");
    expect(endedAgain.code).toBe(130);
  },
);

/** The record that the newest snapshot was taken at. */
function savedAt({ journalPath: path }: DeskClient): number | undefined {
  const journal = openJournal({ path, chain, readOnly: true });
  try {
    return journal.loadSnapshot()?.seq;
  } finally {
    journal.close();
  }
}
