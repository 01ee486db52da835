import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TestContext } from "vitest";

/** A JSON file that others recorded from the venue, or its documents; skips the test where it is not at hand. */
export function recordedContract(path: string, { skip }: TestContext): unknown {
  const file = fileURLToPath(new URL(`../../../shared/data/contract/${path}`, import.meta.url));
  if (!existsSync(file)) skip(`needs the recorded data ../shared/data/contract/${path}`);
  return JSON.parse(readFileSync(file, "utf8")) as unknown;
}

/** The payload of one recorded stream event. */
export function recordedEvent(type: string, context: TestContext, file = EVENTS): unknown {
  const { samples } = recordedContract(file, context) as {
    readonly samples: readonly { readonly event_type: string; readonly raw_payload: unknown }[];
  };
  return samples.find(({ event_type: found }) => found === type)?.raw_payload;
}

export const LIVE = "projectx_live/projectx/live";
const EVENTS = `${LIVE}/stream_event_samples.json`;
export const EARLIER_EVENTS = "projectx_live/history/stream_event_samples.c7ab9a2.json";
