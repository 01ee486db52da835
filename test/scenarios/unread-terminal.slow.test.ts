import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runTool } from "#storage/run-tool.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { aBracket, anEntry } from "#test/kit/builders.ts";
import { DeskClient } from "#test/kit/desk-client.ts";
import { isProtected } from "#test/kit/desk-states.ts";
import { eventually } from "#test/kit/eventually.ts";
import { keel } from "#test/kit/keel-process.ts";
import type { TerminalText } from "#test/kit/terminal-text.ts";
import { CTRL_C, CTRL_Q, CTRL_S, ShellLine, deskLine } from "#test/kit/terminal.ts";

const ALONE = "--set bots[0].bot.enabled=false";
const PATIENCE_MS = 60_000;
/** Some ten seconds of screens at sixty market seconds a second: several times what a terminal holds unread. */
const LONG_MS = 600_000;

test("a desk at a terminal that is stopped with Ctrl-S trades on and shows it after Ctrl-Q", async ({
  skip,
}) => {
  needTerminal(skip);
  const { client, shell } = aDesk("terminal", (desk) => desk, "start --speed 60");
  await client.ready();
  await shell.until("a screen", ({ isScreen }) => isScreen);

  shell.type(CTRL_S);
  await untilStopped(client, shell);
  const before = shell.out;
  const placed = await client.result(anEntry({ bracket: aBracket(100, null) }));
  await client.until("a protected position", isProtected);
  const unread = shell.out;
  shell.type(CTRL_Q);
  const shown = await shell.until("the stop", ({ lines }) =>
    / stop loss +working/u.test(lines.join("\n")),
  );
  shell.type(CTRL_C);
  const code = await shell.ended();

  expect(placed.kind).toBe("accepted");
  expect(unread).toBe(before);
  expectWhole(shown);
  expect(code).toBe(130);
  await shell.until("the report", isReported);
  expect(shell.shown).toMatchObject({ isScreen: false, isCursorShown: true });
});

test("a desk whose terminal hangs trades on and shows it when it is read again", async ({
  skip,
}) => {
  needTerminal(skip);
  const { client, shell } = aDesk("terminal", (desk) => desk);
  await client.ready();
  await shell.until("a screen", ({ isScreen }) => isScreen);

  shell.signalReader("SIGSTOP");
  const { at } = await client.now().then(({ status }) => status);
  const placed = await client.result(anEntry({ bracket: aBracket(100, null) }));
  const full = await client.until("a terminal that is full", (status) => status.at > at + LONG_MS);
  shell.signalReader("SIGCONT");
  const shown = await shell.until("the present", (now) => clockOf(now) >= full.at);

  expect(placed.kind).toBe("accepted");
  expectWhole(shown);
  expect(shell.out.length).toBeLessThan(250_000);
});

test("a desk at a stopped terminal ends when it is asked to", async ({ skip }) => {
  needTerminal(skip);
  const { client, path, shell } = aDesk("terminal", (desk) => desk);
  await client.ready();
  await shell.until("a screen", ({ isScreen }) => isScreen);
  shell.type(CTRL_S);
  await untilStopped(client, shell);
  await client.result(anEntry({ bracket: aBracket(100, null) }));

  const askedMs = performance.now();
  shell.signalDesk("SIGTERM");
  const code = await shell.ended();

  expect(code).toBe(130);
  expect(performance.now() - askedMs).toBeLessThan(10_000);
  expect(await keel(path, "verify")).toMatchObject({ code: 0, err: "" });
});

test("at a stopped terminal a supervised desk that died is started again", async ({ skip }) => {
  needTerminal(skip);
  const { client, shell } = aDesk("terminal", (desk) => desk, "replay --speed 60 --supervise");
  await client.ready();
  await shell.until("a screen", ({ isScreen }) => isScreen);
  shell.type(CTRL_S);
  await untilStopped(client, shell);

  const first = childOf(shell.pid);
  process.kill(first, "SIGKILL");
  await eventually("another desk", () => ![0, first].includes(childOf(shell.pid)), PATIENCE_MS);
  const again = await client.ready();
  shell.type(CTRL_Q);
  await shell.until("the present", (shown) => clockOf(shown) >= again.at);
  shell.type(CTRL_C);

  expect(await shell.ended()).toBe(130);
  const { lines } = await shell.until("the report", isReported);
  expect(lines).toContain("The desk died (SIGKILL) and is started again");
  expect(shell.shown).toMatchObject({ isScreen: false, isCursorShown: true });
});

test("a desk whose terminal is gone, and that was not told so, trades on and can be stopped", async ({
  skip,
}) => {
  needTerminal(skip);
  const { client, path, shell } = aDesk("terminal", (desk) => `setsid --wait ${desk}`);
  await client.ready();
  await shell.until("a screen", ({ isScreen }) => isScreen);

  shell.signalReader("SIGKILL");
  const placed = await client.result(anEntry({ bracket: aBracket(100, null) }));
  const { at } = await client.until("a protected position", isProtected);
  await client.until("time that goes on", (status) => status.at > at + 60_000);
  shell.signalDesk("SIGTERM");

  expect(placed.kind).toBe("accepted");
  expect(await shell.ended()).toBe(130);
  expect(await keel(path, "verify")).toMatchObject({ code: 0, err: "" });
});

test("a desk trades on beside a full pipe, and its reader gets whole lines later", async () => {
  const { client, shell } = aDesk(
    "pipes",
    (desk) => `exec 3<&0; { head -c 65536 /dev/zero; ${desk}; } | { read -r go <&3; cat; }`,
  );
  await client.ready();

  const placed = await client.result(anEntry({ bracket: aBracket(100, null) }));
  await client.until("a protected position", isProtected);
  const unread = shell.out;
  shell.type("go\n");
  await eventually("the lines", () => shell.out.includes("  fill  "), 20_000);
  shell.signalDesk("SIGTERM");
  await shell.ended();

  const lines = shell.out.replaceAll("\0", "").split("\n");
  expect(placed.kind).toBe("accepted");
  expect(unread).toBe("");
  expect(lines[0]).toContain("S1");
  expect(lines.at(-2)).toContain("promise nothing");
});

test("a desk beside a full pipe that nobody ever reads ends when it is asked to", async () => {
  const { client, path, shell } = aDesk(
    "pipes",
    (desk) => `exec 3<&0; { head -c 65536 /dev/zero; ${desk}; echo $? > code; } | read -r go <&3`,
  );
  await client.ready();

  await client.result(anEntry({ bracket: aBracket(100, null) }));
  shell.signalDesk("SIGTERM");

  const code = await eventually("its exit code", () => shell.written("code"), 20_000);
  expect(code).toBe("130");
  expect(await keel(path, "verify")).toMatchObject({ code: 0, err: "" });
});

test("a desk whose reader has gone says so, trades on and can be stopped", async () => {
  const { client, shell } = aDesk("pipes", (desk) => `{ ${desk}; echo $? > code; } | head -n 1`);
  await client.ready();

  await client.result(anEntry({ bracket: aBracket(100, null) }));
  await client.until("a protected position", isProtected);
  await eventually("what it says", () => shell.err.includes("Nobody can read"), 20_000);
  const { at } = (await client.now()).status;
  await client.until("time that goes on", (status) => status.at > at + 60_000);
  shell.signalDesk("SIGTERM");

  expect(await eventually("its exit code", () => shell.written("code"), 20_000)).toBe("130");
  expect(shell.err).toBe(
    "Nobody can read the standard output any more (EPIPE): this goes on without it. keel status shows a desk\n",
  );
});

function needTerminal(skip: (reason: string) => void): void {
  if (!runTool("script", ["--version"])) skip("there is no terminal without script(1)");
}

/** Session S1 as a shell line in a folder of its own, traded by nobody but the test. */
function aDesk(
  at: "terminal" | "pipes",
  line: (desk: string) => string,
  command = "replay --speed 60",
) {
  const { path } = new TemporaryFolder();
  const desk = deskLine(`${command} ${ALONE} --data ${path} --session S1`);
  return { path, client: new DeskClient(path), shell: new ShellLine(path, line(desk), at) };
}

/** The only process that a process has started; zero when there is none. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}

/** Until the desk went on for a second and nothing of that was read. */
function untilStopped(client: DeskClient, shell: ShellLine): Promise<unknown> {
  const what = "a terminal that takes nothing";
  return eventually(what, () => isUnread(client, shell), PATIENCE_MS);
}

async function isUnread(client: DeskClient, shell: ShellLine): Promise<boolean> {
  const { length } = shell.out;
  const { at } = (await client.now()).status;
  await client.until("time that goes on", (status) => status.at > at + 60_000);
  return shell.out.length === length;
}

/** The time a screen tells; zero before there is one. */
function clockOf({ lines }: TerminalText): number {
  const [, day, time] = / (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/u.exec(lines[0] ?? "") ?? [];
  return day === undefined ? 0 : Date.parse(`${day}T${time}Z`);
}

function isReported({ lines }: TerminalText): boolean {
  return lines.some((line) => line.startsWith("Stopped "));
}

function expectWhole({ lines }: TerminalText): void {
  expect(lines[0]).toMatch(/^Keel (?:live|replay) S1 /u);
  expect(lines.at(-1)).toBe(
    "Ctrl-C ends the session: entries are canceled, protection stays at the venue.",
  );
}
