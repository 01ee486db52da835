import { readFileSync, writeFileSync } from "node:fs";
import { withFlip } from "#storage/journal-samples.ts";

/** Changes a text wherever it stands in a file that nobody has open: pages that were copied keep their old bytes. */
export function spoil(path: string, text: string): void {
  let bytes: Buffer = readFileSync(path);
  if (!bytes.includes(text)) throw new Error(`Expected ${text} in ${path}`);
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text)) {
    bytes = withFlip(bytes, at + 1, 1);
  }
  writeFileSync(path, bytes);
}
