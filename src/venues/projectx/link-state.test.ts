import { expect, test } from "vitest";
import type { FeedEvent } from "#ports/venue.ts";
import { OPENING } from "#test/kit/builders.ts";
import { HandClock } from "#test/kit/scripted-http.ts";
import { FeedTeller } from "./feed-teller.ts";
import type { HubEnd } from "./hub-keeper.ts";
import { LinkState } from "./link-state.ts";
import { DISPLACED } from "./no-token.ts";
import type { HubName } from "./practice-pace.ts";

const CLOSED: HubEnd = { of: "hub", reason: "the venue closed it" };
const TAKEN: HubEnd = { of: "session", reason: DISPLACED.reason };

test.each<[string, readonly [HubName, HubEnd][], string]>([
  [
    "without prices",
    [["market", CLOSED]],
    "the market hub (the venue closed it) is not connected, so no prices arrive; the desk keeps trying",
  ],
  [
    "without news of orders",
    [["user", CLOSED]],
    "the user hub (the venue closed it) is not connected, so nobody tells what becomes of orders; the desk keeps trying",
  ],
  [
    "without both",
    [
      ["user", { of: "hub", reason: "no route" }],
      ["market", CLOSED],
    ],
    "neither the market hub (the venue closed it) nor the user hub (no route) is connected; the desk keeps trying. If it lasts, look at the network and at the firm's status page",
  ],
  [
    "without a session, which is said once",
    [
      ["user", TAKEN],
      ["market", CLOSED],
      ["market", TAKEN],
    ],
    DISPLACED.reason,
  ],
])("a link %s says so", (_what, ends, reason) => {
  const { state, told } = aState();

  for (const [hub, end] of ends) state.hubDown(hub, end);

  expect(state.reason).toBe(reason);
  expect(told.filter((text) => text === reason)).toHaveLength(1);
});

test("a person who reads that the session was taken knows what goes on and what to do", () => {
  expect(DISPLACED.reason).toBe(
    "another program or web login uses this ProjectX user and has ended our session three times within ten minutes, " +
      "where one login is expected, so the desk has stopped logging in; what rests at the venue stays there, and " +
      "cancels and closes still log in, at most once a minute. End the other login, then run keel reconnect",
  );
});

function aState() {
  const told: string[] = [];
  const onFeed = (events: readonly FeedEvent[]): void => {
    for (const event of events) if (event.kind === "linkChanged") told.push(event.reason);
  };
  const state = new LinkState({
    clock: new HandClock(),
    isUp: () => false,
    now: () => OPENING,
    teller: new FeedTeller(OPENING, () => OPENING, onFeed),
  });
  return { state, told };
}
