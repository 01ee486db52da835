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
    "the market hub is not connected (the venue closed it), so no prices arrive; the desk keeps trying",
  ],
  [
    "without news of orders",
    [["user", CLOSED]],
    "the user hub is not connected (the venue closed it), so nobody tells what becomes of orders; the desk keeps trying",
  ],
  [
    "without both",
    [
      ["user", { of: "hub", reason: "no route" }],
      ["market", CLOSED],
    ],
    "neither the market hub nor the user hub is connected (no route, the venue closed it); the desk keeps trying. If it lasts, look at the network and at the firm's status page",
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

test("an outage is told once for each kind of problem, with its first reason", () => {
  const { state, told } = aState();
  const refused: HubEnd = { of: "hub", reason: "connect ECONNREFUSED" };
  const nobody = (why: string): HubEnd => ({ of: "gateway", reason: `log-in failed: ${why}` });

  for (const end of [CLOSED, refused]) {
    state.hubDown("market", end);
    state.hubDown("user", end);
  }
  for (const why of ["no route", "socket hang up"]) state.hubDown("user", nobody(why));
  state.hubDown("user", TAKEN);

  expect(told.map((text) => text.slice(0, 42))).toEqual([
    "the market hub is not connected (the venue",
    "neither the market hub nor the user hub is",
    "log-in failed: no route",
    DISPLACED.reason.slice(0, 42),
  ]);
  expect(state.reason).toBe(DISPLACED.reason);
});

test("a hub that was silent comes back without a word of an outage, and what was missed is looked for", () => {
  const hubs = { areUp: true };
  const { state, events } = aState(() => hubs.areUp);
  state.hubUp("market");

  state.renewing();
  hubs.areUp = false;
  state.look();
  hubs.areUp = true;
  state.hubUp("market");

  const up = ["venueGreeted", "linkChanged"];
  expect(events.map(({ kind }) => kind)).toEqual([...up, ...up]);
  expect(state.isUp).toBe(true);
});

test("a hub that was silent and cannot be connected anew is an outage", () => {
  const { state, told } = aState(() => true);
  state.hubUp("market");

  state.renewing();
  state.hubDown("market", CLOSED);

  expect([state.isUp, told.at(-1)]).toEqual([false, state.reason]);
});

test("a person who reads that the session was taken knows what goes on and what to do", () => {
  expect(DISPLACED.reason).toBe(
    "another program or web login uses this ProjectX user and has ended our session three times within ten minutes, " +
      "where one login is expected, so the desk has stopped logging in; what rests at the venue stays there, and " +
      "cancels and closes still log in, at most once a minute. End the other login, then run keel reconnect",
  );
});

function aState(isUp = () => false) {
  const told: string[] = [];
  const events: FeedEvent[] = [];
  const onFeed = (news: readonly FeedEvent[]): void => {
    events.push(...news);
    for (const event of news) if (event.kind === "linkChanged") told.push(event.reason);
  };
  const state = new LinkState({
    clock: new HandClock(),
    isUp,
    now: () => OPENING,
    teller: new FeedTeller(OPENING, () => OPENING, onFeed),
  });
  return { state, told, events };
}
