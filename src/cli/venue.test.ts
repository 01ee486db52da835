import { expect, test } from "vitest";
import type { AttachedOptions } from "#runtime/attached.ts";
import type { ServeVenueOptions } from "#runtime/venue-parts.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { keel } from "./cli-scenario.ts";

const strategies = STRATEGIES;
const CONFIG = new URL("../../config/sample.yaml", import.meta.url).pathname;

test("a venue is served as asked until it is stopped", async () => {
  const served: ServeVenueOptions[] = [];
  const serveVenue = async (_plan: unknown, options: ServeVenueOptions): Promise<void> => {
    options.onListening();
    served.push(options);
  };

  const ended = await keel(
    `venue --config ${CONFIG} --listen ./v.sock --speed 60 --from 2013-10-08T12:00:00Z --laps 3`,
    { strategies, serveVenue },
  );

  expect(ended).toEqual({ code: 130, out: "The venue listens on ./v.sock\n", err: "" });
  expect(served).toMatchObject([
    { listen: "./v.sock", speed: 60, from: Date.UTC(2013, 9, 8, 12), laps: 3 },
  ]);
});

test.each([
  ["venue", "Expected --listen <address>, found nothing"],
  ["venue --listen example.org:80", "Expected a local address such as"],
  ["venue --listen ./v.sock --speed max", "Expected a factor above zero such as 60, found"],
  ["venue --listen ./v.sock --laps 0", "Expected 1 to 10000 laps, found"],
  [
    "venue --listen ./v.sock --from noon",
    "Expected an instant such as 2013-10-08T14:00:00Z, found",
  ],
  ["replay --venue somewhere", "Expected a local address such as"],
  ["replay --venue ./v.sock --no-journal", "Expected no --no-journal beside --venue"],
  [
    "replay --venue ./v.sock --speed 60",
    "Expected no --speed beside --venue: the venue sets the pace",
  ],
  ["replay --no-journal --session zz", "Expected no --session beside --no-journal"],
  ["replay --supervise --no-journal --session zz", "Expected no --session beside --no-journal"],
])("keel %s says what it expected", async (args, message) => {
  const ended = await keel(args, { strategies, defaultConfig: CONFIG });

  expect(ended.code).toBe(2);
  expect(ended.err).toContain(message);
});

test("a replay at a venue is a session over it", async () => {
  const attached: AttachedOptions[] = [];
  const attach = async (_plan: unknown, options: AttachedOptions): Promise<never> => {
    attached.push(options);
    throw new Error("far enough");
  };

  await keel("replay --venue ./v.sock --data desk", { strategies, defaultConfig: CONFIG, attach });

  expect(attached).toMatchObject([{ venue: "./v.sock", dataFolder: "/home/ann/desk" }]);
});
