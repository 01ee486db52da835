import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { runTool } from "#storage/run-tool.ts";
import { openJournal } from "#storage/sqlite-journal.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { aBracket, anEntry, limitAt } from "#test/kit/builders.ts";
import { DeskClient, chain } from "#test/kit/desk-client.ts";
import { isProtected, isWorking, lastPrice } from "#test/kit/desk-states.ts";
import { eventually } from "#test/kit/eventually.ts";
import { keel, killGroup } from "#test/kit/keel-process.ts";

const KEEL = fileURLToPath(new URL("../../keel.js", import.meta.url));
const PACED = ["--speed", "60"] as const;

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
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
    const nobody = await keel(path, "status");
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
    expect(nobody).toMatchObject({ code: 4, out: "" });
    expect(verified).toMatchObject({ code: 0, err: "" });
    expect(restarted.tradingState).toBe("active");
    expect(isProtected(restarted)).toBe(true);
    expect(isWorking(restarted, "entry")).toBe(false);
    expect(entered.kind).toBe("accepted");
    expect(endedAgain.code).toBe(130);
  },
);

test("a terminal that is closed ends what it shows as gracefully, supervisor and all", async ({
  skip,
}) => {
  if (!runTool("script", ["--version"])) skip("there is no terminal without script(1)");
  const { path } = new TemporaryFolder();
  const client = new DeskClient(path);
  const endedWith = join(path, "exit-code");
  const desk = `${process.execPath} ${KEEL} replay --data ${path} --session S1 --supervise --speed 60`;
  const terminal = inTerminal(path, `${desk}; echo $? > ${endedWith}`);
  await client.ready();
  await client.result(anEntry({ bracket: aBracket(100, null) }));
  await client.until("a protected position", isProtected);

  terminal.kill("SIGKILL");
  const code = await eventually(
    "an exit code",
    () => existsSync(endedWith) && readFileSync(endedWith, "utf8"),
    20_000,
  );

  expect(code).toBe("130\n");
  const stopped = client.recorded().findLast(({ event }) => event.kind === "stopRequested");
  expect(stopped?.facts).toMatchObject([{ kind: "deskStopping" }]);
  expect(savedAt(client)).toBe(client.recorded().at(-1)?.seq);
  expect(await keel(path, "verify")).toMatchObject({ code: 0, err: "" });
});

/**
 * A shell line at a terminal of its own, which is closed when the process that is returned ends: its first shell ends
 * then, as one that a person types into, and the second outlives it to tell how the line ended.
 */
function inTerminal(folder: string, line: string): ChildProcess {
  const group = join(folder, "process-group");
  const shells = `echo $$ > ${group}; sh -c 'trap : HUP; ${line}'; true`;
  const terminal = spawn("script", ["--quiet", "--command", shells, "/dev/null"], {
    cwd: folder,
    stdio: ["pipe", "ignore", "ignore"],
  });
  onTestFinished(() => {
    terminal.kill("SIGKILL");
    if (existsSync(group)) killGroup(Number(readFileSync(group, "utf8")));
  });
  return terminal;
}

/** The record that the newest snapshot was taken at. */
function savedAt({ journalPath: path }: DeskClient): number | undefined {
  const journal = openJournal({ path, chain, readOnly: true });
  try {
    return journal.loadSnapshot()?.seq;
  } finally {
    journal.close();
  }
}
