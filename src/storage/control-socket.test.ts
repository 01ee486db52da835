import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { controlSocket } from "./control-socket.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

test("the socket lies in the data folder while its path is short enough", () => {
  expect(controlSocket("/data")).toBe("/data/keel.sock");
  const longest = `/${"d".repeat(89)}`;
  expect(controlSocket(longest)).toBe(`${longest}/keel.sock`);
});

test("a long path gets a short socket in a private folder, the same each time, and it works", async ({
  skip,
}) => {
  if (process.platform === "win32") skip("Windows has named pipes");
  const folder = new TemporaryFolder();
  const data = folder.file("d".repeat(120));
  const other = folder.file("e".repeat(120));
  mkdirSync(data);

  const path = controlSocket(data, place(folder));

  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
  expect(path.startsWith(folder.path)).toBe(true);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  expect(controlSocket(data, place(folder))).toBe(path);
  expect(controlSocket(other, place(folder))).not.toBe(path);
  symlinkSync(data, folder.file("link".repeat(30)));
  expect(controlSocket(folder.file("link".repeat(30)), place(folder))).toBe(path);
  await listening(path);
});

test("a folder that somebody else made or may use is refused", ({ skip }) => {
  if (process.platform === "win32") skip("Windows has named pipes");
  const folder = new TemporaryFolder();
  const data = folder.file("d".repeat(120));
  const prepared = dirname(controlSocket(data, place(folder)));
  const expected = new RegExp(`^Expected ${prepared} to be a folder that only you may use`, "u");

  chmodSync(prepared, 0o750);
  expect(() => controlSocket(data, place(folder))).toThrow(expected);
  rmSync(prepared, { recursive: true });
  writeFileSync(prepared, "", { mode: 0o600 });
  expect(() => controlSocket(data, place(folder))).toThrow(expected);
  rmSync(prepared);
  mkdirSync(folder.file("theirs"), { mode: 0o700 });
  symlinkSync(folder.file("theirs"), prepared);
  expect(() => controlSocket(data, place(folder))).toThrow(expected);
});

test("where even the temporary folder is too deep it says what to do", () => {
  const folder = new TemporaryFolder();
  const temporary = join(folder.path, "t".repeat(80));

  expect(() => controlSocket(`/${"d".repeat(120)}`, { ...place(folder), temporary })).toThrow(
    /use a data folder with a shorter path$/u,
  );
});

test("on Windows it is a named pipe of the data folder", () => {
  const path = controlSocket("/data", { platform: "win32", temporary: "/tmp" });

  expect(path).toMatch(/^\\\\\.\\pipe\\keel-[0-9a-f]{16}$/u);
  expect(controlSocket("/data2", { platform: "win32", temporary: "/tmp" })).not.toBe(path);
});

function place(folder: TemporaryFolder) {
  return { platform: "linux", temporary: folder.path } as const;
}

async function listening(path: string): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}
