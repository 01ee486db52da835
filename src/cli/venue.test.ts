import { expect, test } from "vitest";
import type { ControlReply } from "#runtime/control.ts";
import { VenueTakenError, VenueUnreachedError } from "#runtime/venue-errors.ts";
import type { ServeVenueOptions } from "#runtime/venue-parts.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import type { AttachOptions } from "./cli-io.ts";
import { at, keel } from "./cli-scenario.ts";

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
  const attached: AttachOptions[] = [];
  const attach = async (_plan: unknown, options: AttachOptions): Promise<never> => {
    attached.push(options);
    throw new Error("far enough");
  };

  await keel("replay --venue ./v.sock --data desk", { strategies, defaultConfig: CONFIG, attach });

  expect(attached).toMatchObject([{ address: "./v.sock", dataFolder: "/home/ann/desk" }]);
});

test("a desk that waits for its venue answers with what it waits for", async () => {
  const reason = "connect ENOENT ./v.sock";
  const waiting = { kind: "waiting", sessionId: "S1", venue: "./v.sock", reason } as const;
  const askDesk = async (): Promise<ControlReply> => waiting;

  const status = await keel("status", { strategies, askDesk });
  const forPrograms = await keel("status --json", { strategies, askDesk });
  const flatten = await keel("flatten PRACTICE-1", { strategies, askDesk });
  const close = await keel("close PRACTICE-1 MGC", { strategies, askDesk });

  const text = `session S1 waits for its venue at ./v.sock and keeps trying (${reason})`;
  const refusal = `Refused: ${text}; ask again when the venue is there\n`;
  expect(status).toEqual({ code: 0, out: `The ${text}\n`, err: "" });
  expect(JSON.parse(forPrograms.out)).toEqual(waiting);
  expect(flatten).toEqual({ code: 3, out: "", err: refusal });
  expect(close).toEqual({ code: 3, out: "", err: refusal });
});

test("a desk that ends without its venue, and one whose place was taken, say so and show no figures", async () => {
  const run = (error: Error) =>
    keel("replay --venue ./v.sock", {
      strategies,
      defaultConfig: CONFIG,
      attach: async () => {
        throw error;
      },
    });

  const unreached = await run(new VenueUnreachedError("./v.sock", "connect ENOENT ./v.sock"));
  const taken = await run(new VenueTakenError("./v.sock"));

  expect(unreached).toEqual({
    code: 130,
    out: "",
    err: "The desk ended before it reached the venue at ./v.sock: connect ENOENT ./v.sock. Nothing has happened\n",
  });
  expect(taken).toMatchObject({ code: 5, out: "" });
  expect(taken.err).toMatch(/^Another desk has taken this one's place at the venue at .\/v.sock/u);
});

test("before a screen has anything to show, alerts are told beside it", async () => {
  const attach = async (_plan: unknown, { watch }: AttachOptions): Promise<never> => {
    const text = "The venue cannot be reached";
    const alert = { kind: "alert", severity: "warning", code: "venueUnreached", text } as const;
    watch?.onAlert?.(alert, at("2026-03-01T09:30:00Z"));
    throw new VenueUnreachedError("./v.sock", null);
  };

  const ended = await keel(
    "replay --venue ./v.sock",
    { strategies, defaultConfig: CONFIG, attach },
    { isTty: true },
  );

  expect(ended.err).toContain("warning: The venue cannot be reached\n");
});
