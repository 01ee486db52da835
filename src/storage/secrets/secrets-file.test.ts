import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { secretName } from "#ports/secrets.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { readContent, writtenContent } from "./secrets-content.ts";
import { secretsFile } from "./secrets-file.ts";

const KEY = secretName("topstep");
const OTHER = secretName("other");
const PHRASE = "correct horse battery";

test("a secret comes back from the file and cannot be read in it", async () => {
  const { path, safe } = aFile();

  await safe().write(KEY, "s3cret-of-topstep");

  const written = readFileSync(path, "utf8");
  expect(await safe().read(KEY)).toEqual({ kind: "found", text: "s3cret-of-topstep" });
  expect(written).not.toContain("s3cret");
  expect(written).not.toContain(Buffer.from("s3cret-of-topstep").toString("base64").slice(0, 12));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("each secret has a salt and a nonce of its own, also when it is set again", async () => {
  const { path, safe } = aFile();
  const parts: unknown[] = [];

  for (const name of [KEY, OTHER, KEY]) {
    await safe().write(name, "the same text");
    const { secrets } = JSON.parse(readFileSync(path, "utf8")) as Written;
    parts.push(secrets[name]?.salt, secrets[name]?.nonce, secrets[name]?.text);
  }

  expect(new Set(parts).size).toBe(parts.length);
});

test("names can be listed and secrets removed without the passphrase", async () => {
  const { path, safe } = aFile();
  await safe().write(KEY, "one");
  await safe().write(OTHER, "two");
  const locked = safe(null);

  expect(await locked.names()).toEqual(["other", "topstep"]);
  expect(await locked.remove(KEY)).toBe(true);
  expect(await locked.remove(KEY)).toBe(false);
  expect(await safe().read(OTHER)).toEqual({ kind: "found", text: "two" });
  expect(await locked.remove(OTHER)).toBe(true);
  expect(existsSync(path)).toBe(false);
});

test("nobody is asked for a passphrase when there is nothing to open", async () => {
  const { safe } = aFile();

  expect(await safe(null).read(KEY)).toEqual({ kind: "none" });
  await safe().write(OTHER, "two");
  expect(await safe(null).read(KEY)).toEqual({ kind: "none" });
});

test("another passphrase neither opens a secret nor adds one", async () => {
  const { path, safe } = aFile();
  await safe().write(KEY, "one");
  const before = readFileSync(path, "utf8");
  const wrong = `Expected the passphrase of ${path}, found another one`;

  await expect(safe("another passphrase").read(KEY)).rejects.toThrow(wrong);
  await expect(safe("another passphrase").write(OTHER, "two")).rejects.toThrow(wrong);
  expect(readFileSync(path, "utf8")).toBe(before);
});

test("every changed byte of the file is told as damage", async () => {
  const { path, safe } = aFile();
  await safe().write(KEY, "one");
  const written = readFileSync(path, "utf8");
  const places = Array.from(written).flatMap((character, place) =>
    /[A-Za-z0-9]/u.test(character) ? [place] : [],
  );

  for (const place of places.filter((_place, index) => index % 7 === 0)) {
    const flipped = written[place] === "1" ? "2" : "1";
    writeFileSync(path, `${written.slice(0, place)}${flipped}${written.slice(place + 1)}`);
    // The version may become that of a newer Keel.
    const told = /found it damaged|newer Keel|known key/u;
    await expect(safe().read(KEY), `at ${place}`).rejects.toThrow(told);
  }
});

test("a sealed text does not open under another name, though the checksum fits", async () => {
  const { path, safe } = aFile();
  await safe().write(KEY, "one");
  await safe().write(OTHER, "two");
  const { secrets, ...rest } = readContent(readFileSync(path, "utf8"), path);
  const { topstep } = secrets;
  if (topstep === undefined) throw new Error("Expected the secret that was set");

  writeFileSync(path, writtenContent({ ...rest, secrets: { topstep, other: topstep } }));

  await expect(safe().read(OTHER)).rejects.toThrow(/found it changed; set it again/u);
  expect(await safe().read(KEY)).toEqual({ kind: "found", text: "one" });
});

test.each(["", "null", "{}", '{"version":1}', "not JSON"])(
  "a file that holds %j is damaged",
  async (written) => {
    const { path, safe } = aFile();
    writeFileSync(path, written);

    await expect(safe().read(KEY)).rejects.toThrow(
      `Expected ${path} as it was written, found it damaged`,
    );
  },
);

test("costs that would take the machine are damage, and not computed", async () => {
  const { path, safe } = aFile();
  await safe().write(KEY, "one");
  const written = readFileSync(path, "utf8");
  writeFileSync(path, written.replace('"N": 1024', '"N": 1073741824'));

  await expect(safe().read(KEY)).rejects.toThrow("found it damaged");
});

type Written = {
  readonly secrets: Readonly<
    Record<string, { readonly salt: string; readonly nonce: string; readonly text: string }>
  >;
};

function aFile() {
  const folder = new TemporaryFolder();
  const safe = (phrase: string | null = PHRASE) =>
    secretsFile({
      folder: folder.path,
      passphrase: async () => {
        if (phrase === null) throw new Error("nobody is asked");
        return phrase;
      },
      randomBytes,
      kdf: { name: "scrypt", N: 1_024, r: 8, p: 1 },
    });
  return { path: folder.file("secrets.json"), safe };
}
