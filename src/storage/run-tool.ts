import { spawnSync } from "node:child_process";

/** Runs a tool of the system for a test; whether it is there and did what it was asked. */
export function runTool(tool: string, args: readonly string[]): boolean {
  return spawnSync(tool, args, { stdio: "ignore" }).status === 0;
}
