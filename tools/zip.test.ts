import { crc32, deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { readZipEntry } from "./zip.ts";

/** An archive of one entry, as a writer with an extra field and a comment would make it. */
function aZip(method: number, content: string): Buffer {
  const name = Buffer.from("ticks.csv");
  const data = method === 8 ? deflateRawSync(content) : Buffer.from(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04_03_4b_50, 0);
  local.writeUInt16LE(name.length, 26);
  local.writeUInt16LE(4, 28);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02_01_4b_50, 0);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(crc32(content), 16);
  entry.writeUInt32LE(data.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const body = Buffer.concat([local, name, Buffer.alloc(4), data]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(body.length, 16);
  end.writeUInt16LE(7, 20);
  return Buffer.concat([body, entry, name, end, Buffer.from("comment")]);
}

test.each([0, 8])("an entry of compression method %i reads back", (method) => {
  const content = readZipEntry(aZip(method, "1,2\n".repeat(100)), "ticks.csv");

  expect(content.toString()).toBe("1,2\n".repeat(100));
});

test("a name that is not there is answered with those that are", () => {
  expect(() => readZipEntry(aZip(0, "x"), "quotes.csv")).toThrow(
    "Expected a zip entry quotes.csv, found ticks.csv",
  );
});

test("content that does not match its checksum is refused", () => {
  const zip = aZip(0, "1323.4");
  zip[zip.indexOf("1323.4")] = 0x39;

  expect(() => readZipEntry(zip, "ticks.csv")).toThrow("checksum");
});

test.each([
  ["an unknown compression", aZip(12, "x"), "compression method 12"],
  ["no directory", Buffer.alloc(100), "the end of a zip directory"],
  ["next to nothing", Buffer.alloc(3), "the end of a zip directory"],
  ["a directory elsewhere", aZip(0, "x").fill(0, 0, 60), "a directory entry"],
])("an archive with %s is refused", (_, zip, found) => {
  expect(() => readZipEntry(zip, "ticks.csv")).toThrow(found);
});
