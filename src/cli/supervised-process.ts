import { spawn } from "node:child_process";
import type { ProcessEnd } from "#runtime/supervisor.ts";

/**
 * Runs this program with other arguments in a process of its own, at the same terminal. It is told over a channel when
 * this process has gone, in whatever way, and ends then as if it had been asked to.
 */
export function runProcess(args: readonly string[], stop: AbortSignal): Promise<ProcessEnd> {
  const [, main = ""] = process.argv;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    });
    const pass = (): void => {
      // A terminal sends Ctrl-C to both processes; passing it on as well would count as pressing it twice.
      if (stop.reason === "SIGINT" && process.stdin.isTTY) return;
      child.kill(stop.reason as NodeJS.Signals);
    };
    stop.addEventListener("abort", pass, { once: true });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      stop.removeEventListener("abort", pass);
      resolve({ code, signal });
    });
  });
}
