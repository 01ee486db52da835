import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { keel } from "./cli-scenario.ts";
import { apiKeyText, secretCabinet } from "./secret-cabinet.ts";
import { InterruptedError } from "./terminal-input.ts";

const strategies = STRATEGIES;
const PHRASE = "correct horse battery";
const CANARY = "c4nary-Zx+/=7731";

test("a secret that is piped in is kept in a file where there is no keychain, and never shown", async () => {
  const desk = aMachine();

  const kept = await desk.keel("secret set topstep", { piped: `${CANARY}\n` });
  const listed = await desk.keel("secret list");

  expect(kept).toEqual({
    code: 0,
    out: `Secret topstep is kept in ${desk.file}\n`,
    err: "",
  });
  expect(listed.out).toBe(`secret   kept in\ntopstep  ${desk.file}\n`);
  expect(await desk.key("topstep")).toBe(CANARY);
});

test("at a terminal the secret and a new passphrase are asked for without showing them", async () => {
  const desk = aMachine({ KEEL_PASSPHRASE: undefined });
  const asked: (readonly [string, string])[] = [];

  const ended = await desk.keel("secret set topstep --json", {
    answers: [CANARY, PHRASE, PHRASE],
    asked,
  });

  expect(ended).toMatchObject({ code: 0, err: "" });
  expect(asked).toEqual([
    ["Secret topstep: ", "hidden"],
    [`New passphrase for ${desk.file}: `, "hidden"],
    ["The same once more: ", "hidden"],
  ]);
  expect(ended.out).not.toContain(CANARY);
});

test("the environment comes before the keychain, and the keychain before the file", async () => {
  const desk = aMachine({}, "keychain");
  await desk.keel("secret set topstep --file", { piped: "of-the-file" });
  const fromFile = await desk.key("topstep");
  await desk.keel("secret set topstep", { piped: "of-the-keychain" });
  const fromKeychain = await desk.key("topstep");

  const shadowed = aMachine({ KEEL_SECRET_TOPSTEP: "of-the-environment" }, "keychain", desk.folder);
  const told = await shadowed.keel("secret set topstep --file", { piped: "again" });

  expect([fromFile, fromKeychain, await shadowed.key("topstep")]).toEqual([
    "of-the-file",
    "of-the-keychain",
    "of-the-environment",
  ]);
  expect(told.out).toContain("not used yet: the environment has one of that name");
});

test("a keychain gets the secret on its input, and nothing of Keel's in its environment", async () => {
  const desk = aMachine({ KEEL_SECRET_OTHER: CANARY }, "keychain");

  const kept = await desk.keel("secret set topstep", { piped: CANARY });
  const listed = await desk.keel("secret list --json");
  const removed = await desk.keel("secret remove topstep");

  expect(kept.out).toBe("Secret topstep is kept in the keychain\n");
  expect(JSON.parse(listed.out)).toEqual([
    { name: "OTHER", place: "the environment" },
    { name: "topstep", place: "the keychain" },
  ]);
  expect(removed.out).toBe("Secret topstep is removed from the keychain\n");
  const seen = readFileSync(join(desk.folder.path, "seen"), "utf8");
  expect(seen).toContain("store --label=Keel topstep application keel name topstep");
  expect(seen).not.toContain(CANARY);
  expect(seen).not.toContain(PHRASE);
});

test("a keychain that cannot be asked is passed over, and told when nothing is found", async () => {
  const desk = aMachine({}, "broken");

  const missing = desk.key("topstep");

  await expect(missing).rejects.toThrow(
    `Expected the secret topstep in KEEL_SECRET_TOPSTEP, the keychain or ${desk.file}, found it in none of them ` +
      "(Cannot autolaunch D-Bus without X11 $DISPLAY); keep it with keel secret set topstep",
  );
  expect(await desk.keel("secret set topstep --keychain", { piped: "x" })).toMatchObject({
    code: 2,
    err: `Expected a keychain, found that it cannot be used: Cannot autolaunch D-Bus without X11 $DISPLAY; --file keeps secrets in ${desk.file}\n`,
  });
});

test.each([
  ["a wrong passphrase", { KEEL_PASSPHRASE: "another passphrase" }, 2, "found another one"],
  ["no passphrase and no terminal", { KEEL_PASSPHRASE: undefined }, 2, "found none of them"],
  [
    "a passphrase file that is not there",
    { KEEL_PASSPHRASE: undefined, KEEL_PASSPHRASE_FILE: "/nowhere/phrase" },
    2,
    "Expected a file with a passphrase at /nowhere/phrase (KEEL_PASSPHRASE_FILE), found: ENOENT",
  ],
])("%s is told, and nothing changes", async (_what, env, code, message) => {
  const desk = aMachine();
  await desk.keel("secret set topstep", { piped: CANARY });
  const before = readFileSync(desk.file, "utf8");

  const ended = await aMachine(env, "none", desk.folder).keel("secret set other", { piped: "x" });

  expect(ended).toMatchObject({ code, out: "" });
  expect(ended.err).toContain(message);
  expect(readFileSync(desk.file, "utf8")).toBe(before);
});

test("a passphrase may come from a file that is closed to others", async () => {
  const folder = new TemporaryFolder();
  const path = folder.file("phrase");
  const env = { KEEL_PASSPHRASE: undefined, KEEL_PASSPHRASE_FILE: path };
  const desk = aMachine(env, "none", folder);
  writeFileSync(path, `${PHRASE}\n`, { mode: 0o600 });

  const kept = await desk.keel("secret set topstep", { piped: CANARY });
  chmodSync(path, 0o644);
  const open = await desk.keel("secret set other", { piped: CANARY });

  expect(kept.code).toBe(0);
  expect(await aMachine({}, "none", folder).key("topstep")).toBe(CANARY);
  expect(open).toMatchObject({ code: 2, out: "" });
  expect(open.err).toContain("to be closed to others, found mode 644; chmod 600 it");
});

test("a damaged file is told with an exit code of its own", async () => {
  const desk = aMachine();
  await desk.keel("secret set topstep", { piped: CANARY });
  writeFileSync(desk.file, readFileSync(desk.file, "utf8").replace('"tag"', '"tga"'));

  const ended = await desk.keel("secret list --json");

  expect(ended).toMatchObject({ code: 7, out: "" });
  expect(JSON.parse(ended.err)).toMatchObject({
    expected: `${desk.file} as it was written`,
    found: "it damaged",
    exitCode: 7,
  });
});

test.each([
  ["secret set 1key", "Expected a secret's name of 1 to 64 letters", 2, "x"],
  ["secret set key", "found nothing", 2, "\n"],
  ["secret set key", "found something else", 2, "two\nlines"],
  ["secret remove key", "Expected the secret key in the keychain or", 7, ""],
  ["secret set key --file --keychain", "Expected --keychain or --file, found both", 2, "x"],
])("keel %s: %s", async (args, message, code, piped) => {
  const ended = await aMachine().keel(args, { piped });

  expect(ended).toMatchObject({ code, out: "" });
  expect(ended.err).toContain(message);
});

test("a short passphrase, two different ones and a person who leaves keep nothing", async () => {
  const desk = aMachine({ KEEL_PASSPHRASE: undefined });

  const short = await desk.keel("secret set key", { answers: ["x", "too short"] });
  const twice = await desk.keel("secret set key", { answers: ["x", PHRASE, "else entirely"] });
  const left = await desk.keel("secret set key", { answers: [] });

  expect(short.err).toContain("Expected a passphrase of at least 12 characters, found 9");
  expect(twice.err).toContain("found two different ones");
  expect([short.code, twice.code, left.code]).toEqual([2, 2, 130]);
  expect(existsSync(desk.file)).toBe(false);
});

type Wishes = {
  readonly piped?: string;
  readonly answers?: readonly string[];
  readonly asked?: (readonly [string, string])[];
};

/** A machine with the keychain of a Linux desktop, with one that has none, or with none that answers. */
function aMachine(
  env: Readonly<Record<string, string | undefined>> = {},
  tool: keyof typeof TOOLS = "none",
  folder = new TemporaryFolder(),
) {
  const bin = join(folder.path, tool);
  mkdirSync(bin, { recursive: true });
  if (tool !== "none") {
    writeFileSync(join(bin, "secret-tool"), TOOLS[tool](folder.path), { mode: 0o755 });
  }
  const around = { KEEL_PASSPHRASE: PHRASE, PATH: `${bin}:/usr/bin:/bin`, ...env };
  const kdf = { name: "scrypt", N: 1_024, r: 8, p: 1 } as const;
  const cabinet = (input: Parameters<typeof secretCabinet>[0]["io"]["input"]) =>
    secretCabinet({
      io: { env: tool === "none" ? { ...around, PATH: bin } : around, input },
      folder: folder.path,
      randomBytes,
      platform: "linux",
      kdf,
    });
  return {
    folder,
    file: folder.file("secrets.json"),
    key: (secret: string) => apiKeyText(cabinet(inputOf({})), { apiKey: { secret } }),
    keel: (args: string, wishes: Wishes = {}) => {
      const input = inputOf(wishes);
      return keel(
        `${args} --data ${folder.path}`,
        { strategies, secrets: () => cabinet(input) },
        { input },
      );
    },
  };
}

function inputOf({ piped = "", answers, asked = [] }: Wishes) {
  const left = [...(answers ?? [])];
  return {
    isTty: answers !== undefined,
    read: async () => piped,
    ask: async (question: string, how: string) => {
      asked.push([question, how]);
      const answer = left.shift();
      if (answer === undefined) throw new InterruptedError();
      return answer;
    },
  };
}

/** Behaves as `secret-tool` does, keeps everything in files, and notes what others could see of it. */
const TOOLS = {
  none: () => "",
  broken: () => `#!/bin/sh
echo 'Cannot autolaunch D-Bus without X11 $DISPLAY' >&2
exit 1
`,
  keychain: (folder: string) => `#!/bin/sh
echo "$*" >> ${folder}/seen
env >> ${folder}/seen
kept=${folder}/kept-
for name; do :; done
case "$1" in
  store) cat > $kept$name ;;
  lookup) [ -f $kept$name ] || exit 1; cat $kept$name ;;
  clear) rm $kept$name ;;
  search) for one in $kept*; do
    [ -f "$one" ] || exit 1
    echo "secret = $(cat $one)"
    echo "attribute.name = \${one##*kept-}" >&2
  done ;;
esac
`,
};
