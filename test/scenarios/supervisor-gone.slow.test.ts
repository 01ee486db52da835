import { expect, test } from "vitest";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { keel } from "#test/kit/keel-process.ts";

test("a desk whose supervisor was killed stops gracefully", async () => {
  const { path } = new TemporaryFolder();
  const client = new DeskClient(path);
  const supervisor = client.replay(["--speed", "60", "--supervise"]);
  await client.ready();

  // Its output is the desk's as well, so this waits for the end of both.
  const ended = await supervisor.kill();

  const stopped = client.recorded().findLast(({ event }) => event.kind === "stopRequested");
  expect(ended.signal).toBe("SIGKILL");
  expect(stopped?.facts).toMatchObject([{ kind: "deskStopping" }]);
  expect(await keel(path, "status")).toMatchObject({ code: 4 });
  expect(await keel(path, "verify")).toMatchObject({ code: 0, err: "" });
});
