import { expect, test } from "vitest";
import { eventually } from "#test/kit/eventually.ts";
import { Outlet } from "./outlet.ts";

const ENTER = "\u{1B}[?1049h\u{1B}[?25l";
const LEAVE = "\u{1B}[?25h\u{1B}[?1049l";

/** An outlet to a reader that has room for so many bytes. */
function anOutlet(room: number) {
  const reader = { room, read: "", gone: undefined as string | undefined };
  const take = (bytes: Uint8Array): number => {
    if (reader.gone !== undefined) throw Object.assign(new Error("gone"), { code: reader.gone });
    const taken = bytes.subarray(0, reader.room);
    reader.read += Buffer.from(taken).toString("latin1");
    reader.room -= taken.length;
    return taken.length;
  };
  const told: string[] = [];
  const outlet = new Outlet({ take, isEmpty: () => true }, (code) => void told.push(code));
  return { outlet, reader, told };
}

test("what is read at once is written at once", () => {
  const { outlet, reader } = anOutlet(Infinity);

  outlet.write("one\n");
  outlet.draw("[1]");
  outlet.draw("[2]");
  outlet.leave();
  outlet.write("two\n");

  expect(reader.read).toBe(`one\n${ENTER}[1][2]${LEAVE}two\n`);
  expect(outlet.isDone).toBe(true);
});

test("a screen that was begun is finished, and only the latest follows", async () => {
  const { outlet, reader } = anOutlet(ENTER.length + 4);

  for (const frame of ["[first]", "[second]", "[third]"]) outlet.draw(frame);
  const stopped = reader.read;
  reader.room = Infinity;
  await eventually("the rest", () => outlet.isDone);

  expect(stopped).toBe(`${ENTER}[fir`);
  expect(reader.read).toBe(`${ENTER}[first][third]`);
});

test("of lines that nobody reads the last are kept, and their reader is told how many were not", async () => {
  const { outlet, reader } = anOutlet(3);

  for (let line = 0; line <= 10_002; line += 1) outlet.write(`line ${line}\n`);
  reader.room = Infinity;
  await eventually("the rest", () => outlet.isDone);

  const lines = reader.read.split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "line 0",
    "2 lines were dropped here while nobody read them",
    "line 3",
  ]);
  expect(lines.slice(-2)).toEqual(["line 10002", ""]);
  expect(lines).toHaveLength(10_003);
});

test("lines wait for the end of a screen, and follow it even if the screen could not be finished before", async () => {
  const { outlet, reader } = anOutlet(Infinity);
  outlet.draw("[1]");
  reader.room = 1;

  outlet.draw("[2]");
  outlet.write("alert\n");
  outlet.leave();
  outlet.write("report\n");
  reader.room = Infinity;
  await eventually("the rest", () => outlet.isDone);

  expect(reader.read).toBe(`${ENTER}[1][2]${LEAVE}alert\nreport\n`);
});

test("a screen that was never begun is not left", () => {
  const { outlet, reader } = anOutlet(0);

  outlet.write("a\n");
  outlet.draw("[1]");
  outlet.leave();
  reader.room = Infinity;
  outlet.flushAtExit();

  expect(reader.read).toBe("a\n");
});

test("a reader that never comes is waited for only so long", async () => {
  const { outlet } = anOutlet(0);
  outlet.write("a\n");

  const startedMs = performance.now();
  const isOut = await outlet.flush();
  outlet.flushAtExit();

  expect(isOut).toBe(false);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test("a reader that has gone is told of once and written to no more", async () => {
  const { outlet, reader, told } = anOutlet(0);
  outlet.write("a\n");
  outlet.draw("[1]");

  reader.gone = "EIO";
  await eventually("its end", () => told.length > 0);
  outlet.write("b\n");
  outlet.leave();

  expect(told).toEqual(["EIO"]);
  expect(reader.read).toBe("");
  expect(await outlet.flush()).toBe(true);
});
