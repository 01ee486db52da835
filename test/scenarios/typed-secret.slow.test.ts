import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { runTool } from "#storage/run-tool.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { eventually } from "#test/kit/eventually.ts";
import { keel } from "#test/kit/keel-process.ts";

const KEEL = fileURLToPath(new URL("../../keel.js", import.meta.url));
const PASSPHRASE = "correct horse battery";
const HAS_TERMINAL = runTool("script", ["--version"]);

test.skipIf(!HAS_TERMINAL)(
  "what is typed at a terminal is kept and not shown, a mistake in it can be taken back",
  async () => {
    const { path } = new TemporaryFolder();

    const ended = await typed(path, [
      ["Secret topstep: ", "s3creX\u{7F}t-1\r"],
      ["New passphrase for ", `${PASSPHRASE}\r`],
      ["The same once more: ", `${PASSPHRASE}\r`],
    ]);
    const listed = await keel(path, "secret", "list");

    expect(ended.code).toBe(0);
    expect(ended.shown).toContain("Secret topstep is kept in");
    expect(ended.shown).not.toContain("s3cre");
    expect(ended.shown).not.toContain("horse");
    expect(listed.out).toContain("topstep");
  },
);

test.skipIf(!HAS_TERMINAL)("Ctrl-C while a secret is asked for keeps nothing", async () => {
  const { path } = new TemporaryFolder();

  const ended = await typed(path, [["Secret topstep: ", "s3cret\u{3}"]]);
  const listed = await keel(path, "secret", "list");

  expect(ended.code).toBe(130);
  expect(listed.out).toContain("No secrets are kept");
});

/** Sets a secret at a terminal, answering each question when it is asked. */
async function typed(folder: string, answers: readonly (readonly [string, string])[]) {
  const line = `${process.execPath} ${KEEL} secret set topstep --file --data ${folder}`;
  const { KEEL_PASSPHRASE: _given, KEEL_PASSPHRASE_FILE: _file, ...env } = process.env;
  const terminal = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    env,
  });
  onTestFinished(() => void terminal.kill("SIGKILL"));
  const ended = once(terminal, "close");
  let shown = "";
  terminal.stdout.setEncoding("utf8").on("data", (text: string) => (shown += text));
  for (const [question, answer] of answers) {
    await eventually(question, () => shown.includes(question), 60_000);
    terminal.stdin.write(answer);
  }
  const [code] = (await ended) as [number];
  return { code, shown };
}
