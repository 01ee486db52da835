import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { onTestFinished } from "vitest";
import { runTool } from "./run-tool.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

/** A disk in memory that is soon full. */
export class SmallDisk {
  readonly #folder = new TemporaryFolder();

  /** Whether it could be mounted. */
  mount(size: string): boolean {
    const { path } = this.#folder;
    onTestFinished(() => void runTool("umount", ["--lazy", path]));
    return runTool("mount", ["-t", "tmpfs", "-o", `size=${size}`, "none", path]);
  }

  file(name: string): string {
    return this.#folder.file(name);
  }

  /** Leaves so many bytes free. */
  fill(free = 0): void {
    const block = Buffer.alloc(4_096);
    const file = openSync(this.file("filler"), "w");
    let size = 0;
    try {
      for (;;) size += writeSync(file, block);
    } catch (error) {
      if (!String(error).includes("ENOSPC")) throw error;
    }
    ftruncateSync(file, Math.max(0, size - free));
    closeSync(file);
  }

  free(): void {
    rmSync(this.file("filler"));
  }
}
