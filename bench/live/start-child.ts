// A desk that starts in a process of its own and tells what that has cost: bench/start.ts.
import { readFileSync } from "node:fs";
import process from "node:process";
import { decode } from "#core/desk/codec.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import { LiveDesk } from "./live-desk.ts";

const [dataFolder = "", url = "", configPath = ""] = process.argv.slice(2);
const config = decode(readFileSync(configPath, "utf8")) as SessionConfig;
const desk = new LiveDesk({ url, config, dataFolder });
await desk.until("a desk that is ready", ({ accounts }) => accounts.every(({ ready }) => ready));
const { user, system } = process.cpuUsage();
process.stdout.write(`${(user + system) / 1_000}\n`);
await desk.close();
