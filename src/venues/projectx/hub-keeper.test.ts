import { expect, onTestFinished, test } from "vitest";
import { HandClock, scriptedHttp } from "#test/kit/scripted-http.ts";
import { ScriptedHub } from "#test/kit/scripted-hub.ts";
import { loggedIn } from "#test/kit/scripted-rest.ts";
import { type HubEnd, HubKeeper } from "./hub-keeper.ts";
import { TokenKeeper } from "./token-keeper.ts";

test("what an older connection still says is not heard", async () => {
  const { hubs, heard, clock, keeper } = await keeping();

  hubs[0]?.say("GatewayUserTrade", 1);
  hubs[0]?.cut();
  await clock.yieldTurn();
  hubs[0]?.say("GatewayUserTrade", 2);
  await clock.pass(100);
  hubs[0]?.say("GatewayUserTrade", 3);
  hubs[1]?.say("GatewayUserTrade", 4);

  expect(heard).toEqual([1, 4]);
  expect([hubs.length, keeper.isUp]).toEqual([2, true]);
});

test("a logout told to an older connection neither ends the new one nor its session", async () => {
  const { hubs, ends, clock, keeper, tokens } = await keeping();
  hubs[0]?.cut();
  await clock.pass(100);

  hubs[0]?.say("GatewayLogout");
  await clock.pass(100);

  expect([hubs.length, keeper.isUp, ends.length]).toEqual([2, true, 1]);
  expect([tokens.displaced, tokens.current()?.text]).toEqual([0, expect.any(String)]);
});

test("silence is counted from the last event of the present connection", async () => {
  const { hubs, clock, keeper } = await keeping();
  hubs[0]?.say("GatewayUserTrade", 1);
  hubs[0]?.cut();
  await clock.pass(100);

  hubs[0]?.say("GatewayUserTrade", 2);

  expect(keeper.silentMs).toBe(100);
});

test.each<[string, (hub: ScriptedHub | undefined) => void, number]>([
  ["a connection that was cut", (hub) => hub?.cut(), 50],
  ["a session that was ended, so that two do not end each other", logOut, 2_000],
])("after %s the next attempt comes in its time", async (_what, end, pauseMs) => {
  const { hubs, clock } = await keeping();

  end(hubs[0]);
  await clock.pass(0);
  await clock.pass(pauseMs - 1);
  const before = hubs.length;
  await clock.pass(1);

  expect([before, hubs.length]).toEqual([1, 2]);
});

test("the pause after an ended session is taken once", async () => {
  const { hubs, clock } = await keeping();
  logOut(hubs[0]);
  await clock.pass(0);
  await clock.pass(2_000);

  hubs[1]?.cut();
  await clock.pass(0);
  await clock.pass(50);

  expect(hubs).toHaveLength(3);
});

test("an ended session is told as such, and is a displacement", async () => {
  const { hubs, ends, clock, tokens } = await keeping();

  logOut(hubs[0]);
  await clock.pass(0);

  expect(ends).toMatchObject([{ of: "session", reason: expect.stringContaining("GatewayLogout") }]);
  expect([tokens.displaced, tokens.current()]).toEqual([1, null]);
});

function logOut(hub: ScriptedHub | undefined): void {
  hub?.say("GatewayLogout");
}

/** A hub that is up, over connections that say what the test says. */
async function keeping() {
  const clock = new HandClock();
  const { http } = scriptedHttp((_call, count) => loggedIn(count));
  const shared = { http, clock, random: () => 0 };
  const credentials = { userName: "ann", apiKey: "secret" };
  const apiUrl = "http://venue";
  const tokens = new TokenKeeper({ ...shared, apiUrl, venueClock: clock, credentials });
  const hubs: ScriptedHub[] = [];
  const heard: unknown[] = [];
  const ends: HubEnd[] = [];
  const keeper = new HubKeeper({
    ...shared,
    url: "http://venue/hubs/user",
    tokens,
    subscriptions: [],
    events: { GatewayUserTrade: (trade) => heard.push(trade) },
    onUp: () => undefined,
    onDown: (end) => void ends.push(end),
    open: () => {
      const hub = new ScriptedHub();
      hubs.push(hub);
      return hub;
    },
  });
  onTestFinished(async () => {
    tokens.close();
    await keeper.close();
  });
  await clock.pass(0);
  return { hubs, heard, ends, clock, keeper, tokens };
}
