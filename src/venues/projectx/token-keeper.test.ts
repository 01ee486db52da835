import { expect, onTestFinished, test } from "vitest";
import { OPENING } from "#test/kit/builders.ts";
import {
  HandClock,
  SUCCESS,
  type Scripted,
  type ScriptedHttp,
  aToken,
  scriptedHttp,
} from "#test/kit/scripted-http.ts";
import { TokenKeeper } from "./token-keeper.ts";

const DAY_MS = 86_400_000;
const login = (name: string): Scripted => ({
  json: { token: aToken(name, OPENING + DAY_MS), ...SUCCESS },
});

test("whoever asks at once shares one log-in", async () => {
  const { tokens, calls } = keeper((_call, count) => login(`t${count}`));

  const found = await Promise.all([tokens.ensure(), tokens.ensure(), tokens.ensure()]);

  expect(calls).toEqual([
    { path: "/api/Auth/loginKey", body: { userName: "ann", apiKey: "secret" }, bearer: null },
  ]);
  expect(new Set(found).size).toBe(1);
  expect(tokens.current()).toMatchObject({ expiresAt: OPENING + DAY_MS });
});

test("a session is renewed half way through its life, and the new token used from then on", async () => {
  const { tokens, calls, clock } = keeper(({ path }) =>
    path.endsWith("validate")
      ? { json: { newToken: aToken("t2", OPENING + 1.5 * DAY_MS), ...SUCCESS } }
      : login("t1"),
  );
  await tokens.ensure();

  await clock.pass(DAY_MS / 2 - 2_000);
  expect(calls).toHaveLength(1);
  await clock.pass(3_000);

  expect(calls[1]).toMatchObject({ path: "/api/Auth/validate", body: {} });
  expect(calls[1]?.bearer).toBe(aToken("t1", OPENING + DAY_MS));
  expect(tokens.current()?.text).toBe(aToken("t2", OPENING + 1.5 * DAY_MS));
  expect(tokens.displaced).toBe(0);
});

test("a token that was not exchanged is kept", async () => {
  const { tokens, clock } = keeper(({ path }) =>
    path.endsWith("validate") ? { json: { newToken: null, ...SUCCESS } } : login("t1"),
  );
  await tokens.ensure();

  await clock.pass(DAY_MS / 2 + 2_000);

  expect(tokens.current()?.text).toBe(aToken("t1", OPENING + DAY_MS));
});

test("a renewal without an answer is tried again; just before the end a new session is taken", async () => {
  const { tokens, calls, clock } = keeper(({ path }, count) =>
    path.endsWith("validate") ? { failure: "cut", mayHaveArrived: true } : login(`t${count}`),
  );
  await tokens.ensure();

  await clock.pass(DAY_MS / 2 + 2_000);
  await clock.pass(31_000);
  expect(calls.filter(({ path }) => path.endsWith("validate"))).toHaveLength(2);
  await clock.pass(DAY_MS / 2 - 200_000);

  expect(tokens.current()).toBe(null);
  expect(tokens.displaced).toBe(0);
});

test("a token whose renewal got no answer may have been exchanged: its end is no displacement", async () => {
  const { tokens, clock } = keeper(({ path }, count) =>
    path.endsWith("validate") ? { failure: "cut", mayHaveArrived: true } : login(`t${count}`),
  );
  await tokens.ensure();
  await clock.pass(DAY_MS / 2 + 2_000);

  tokens.refused(tokens.current()?.text ?? "");
  await tokens.ensure();
  const before = tokens.displaced;
  tokens.refused(tokens.current()?.text ?? "");

  expect([before, tokens.displaced]).toEqual([0, 1]);
});

test("an expired token is no token, and no displacement", async () => {
  const { tokens, clock } = keeper((_call, count) => login(`t${count}`));
  await tokens.ensure();
  const text = tokens.current()?.text ?? "";

  await clock.pass(DAY_MS + 1);
  tokens.refused(text);

  expect([tokens.current(), tokens.displaced]).toEqual([null, 0]);
});

test("a refusal of the old token while it is being exchanged ends nothing", async () => {
  const validate = Promise.withResolvers<Scripted>();
  const { tokens, clock } = keeper(({ path }) =>
    path.endsWith("validate") ? validate.promise : login("t1"),
  );
  await tokens.ensure();
  await clock.pass(DAY_MS / 2 + 2_000);

  tokens.refused(aToken("t1", OPENING + DAY_MS));
  const waiting = tokens.ensure();
  validate.resolve({ json: { newToken: aToken("t2", OPENING + 2 * DAY_MS), ...SUCCESS } });

  expect(await waiting).toMatchObject({ text: aToken("t2", OPENING + 2 * DAY_MS) });
  expect(tokens.displaced).toBe(0);
});

test("refused again and again within ten minutes, it stops logging in until a person says so", async () => {
  const { tokens, calls, clock } = keeper((_call, count) => login(`t${count}`));
  for (let time = 0; time < 3; time += 1) {
    await tokens.ensure();
    tokens.refused(tokens.current()?.text ?? "");
    await clock.pass(200_000);
  }

  const after = await tokens.ensure();
  expect(after).toMatchObject({
    kind: "displaced",
    reason: expect.stringContaining(
      "another program or web login uses this ProjectX user",
    ) as string,
  });
  expect([calls.length, tokens.isDisplaced]).toEqual([3, true]);

  tokens.resume();
  expect(await tokens.ensure()).toMatchObject({ text: aToken("t4", OPENING + DAY_MS) });
});

test.each<[string, (tokens: TokenKeeper, text: string) => void]>([
  ["after a failure", (tokens) => tokens.troubled()],
  ["while a hub stays that would be told", (tokens) => void tokens.listen()],
])("refused %s, nobody has logged in elsewhere: it goes on, more slowly", async (_what, before) => {
  const { tokens, clock } = keeper((_call, count) => login(`t${count}`));
  const pauses = [];
  for (let time = 0; time < 5; time += 1) {
    const token = await tokens.ensure();
    if ("kind" in token) throw new Error(`Expected a session, found ${token.why}`);
    before(tokens, token.text);
    tokens.refused(token.text);
    let pauseMs = 0;
    for (; "kind" in (await tokens.ensure()); pauseMs += 100) await clock.pass(100);
    pauses.push(pauseMs);
  }

  expect(pauses).toEqual([0, 0, 600, 1_200, 2_400]);
  expect([tokens.displaced, tokens.isDisplaced]).toEqual([0, false]);
});

test("R12: sessions that were lost too often slow down only what does not reduce risk", async () => {
  const { tokens } = keeper((_call, count) => login(`t${count}`));
  for (let time = 0; time < 3; time += 1) {
    await tokens.ensure();
    tokens.troubled();
    tokens.refused(tokens.current()?.text ?? "");
  }

  expect(await tokens.ensure()).toMatchObject({
    kind: "unreachable",
    reason: expect.stringContaining("nobody was seen to log in elsewhere") as string,
  });
  expect(await tokens.ensure("reduce")).toHaveProperty("text");
});

test("a person who says reconnect ends the pauses", async () => {
  const { tokens } = keeper((_call, count) => login(`t${count}`));
  for (let time = 0; time < 3; time += 1) {
    await tokens.ensure();
    tokens.troubled();
    tokens.refused(tokens.current()?.text ?? "");
  }

  tokens.resume();

  expect(await tokens.ensure()).toHaveProperty("text");
});

test.each<[string, (tokens: TokenKeeper, text: string) => void]>([
  [
    "a hub was told so",
    (tokens, text) => {
      tokens.listen();
      tokens.troubled();
      tokens.loggedOut(text);
    },
  ],
  [
    "the venue accepted the session after the last failure",
    (tokens, text) => {
      tokens.troubled();
      tokens.accepted(text);
      tokens.refused(text);
    },
  ],
  [
    "the hub that would be told is gone",
    (tokens, text) => {
      tokens.listen()();
      tokens.refused(text);
    },
  ],
])("it is a fight where %s", async (_what, lose) => {
  const { tokens } = keeper((_call, count) => login(`t${count}`));
  for (let time = 0; time < 3; time += 1) {
    await tokens.ensure();
    lose(tokens, tokens.current()?.text ?? "");
  }

  expect(await tokens.ensure()).toMatchObject({ kind: "displaced" });
});

test("a hub with a token that was exchanged is heard, one of an earlier session is not", async () => {
  const { tokens, clock } = keeper(({ path }, count) =>
    path.endsWith("validate")
      ? { json: { newToken: aToken("t2", OPENING + 2 * DAY_MS), ...SUCCESS } }
      : login(`t${count}`),
  );
  await tokens.ensure();
  const first = tokens.current()?.text ?? "";
  tokens.listen();
  await clock.pass(DAY_MS / 2 + 2_000);

  tokens.loggedOut(first);
  tokens.refused(aToken("t2", OPENING + 2 * DAY_MS));
  await tokens.ensure();
  tokens.loggedOut(first);

  expect([tokens.displaced, tokens.current()?.text]).toEqual([1, aToken("t2", OPENING + DAY_MS)]);
});

test("R12: what reduces risk takes the session back once a minute, and only for itself", async () => {
  const { tokens, calls, clock } = keeper((_call, count) => login(`t${count}`));
  await displace(tokens);

  const first = await tokens.ensure("reduce");
  const others = [
    await tokens.ensure("mutate"),
    await tokens.ensure(),
    await tokens.ensure("read"),
  ];
  tokens.refused(tokens.current()?.text ?? "");
  const soon = [await tokens.ensure("reduce"), await tokens.ensure("read")];
  await clock.pass(60_000);
  const both = await Promise.all([tokens.ensure("reduce"), tokens.ensure("reduce")]);

  const [t4, t5] = ["t4", "t5"].map((name) => ({ text: aToken(name, OPENING + DAY_MS) }));
  expect(first).toMatchObject({ ...t4 });
  expect(others).toMatchObject([{ kind: "displaced" }, { kind: "displaced" }, { ...t4 }]);
  expect(soon).toMatchObject([{ kind: "displaced" }, { kind: "displaced" }]);
  expect(both).toMatchObject([{ ...t5 }, { ...t5 }]);
  expect([calls.length, tokens.isDisplaced]).toEqual([5, true]);
});

test("R12: ten minutes after the fight what reduces risk logs in as ever, and nothing else", async () => {
  const { tokens, clock } = keeper((_call, count) => login(`t${count}`));
  await displace(tokens);

  await clock.pass(600_001);
  expect(await tokens.ensure("mutate")).toMatchObject({ kind: "displaced" });
  await tokens.ensure("reduce");
  tokens.refused(tokens.current()?.text ?? "");

  expect(await tokens.ensure("reduce")).toHaveProperty("text");
  expect(await tokens.ensure("mutate")).toMatchObject({ kind: "displaced" });
});

test("displacements farther apart than ten minutes do not add up", async () => {
  const { tokens, clock } = keeper((_call, count) => login(`t${count}`));
  for (let time = 0; time < 5; time += 1) {
    await tokens.ensure();
    tokens.refused(tokens.current()?.text ?? "");
    await clock.pass(301_000);
  }

  expect(await tokens.ensure()).toHaveProperty("text");
});

test.each([
  [3, null, "log-in refused: the API key was refused (3)"],
  [9, null, "log-in refused: this user has no API subscription (9)"],
  [3, "Invalid credentials.", "log-in refused: Invalid credentials. (3)"],
])("error %i with the text %s is told, and not repeated for a minute", async (code, text, why) => {
  const refusal = { token: null, success: false, errorCode: code, errorMessage: text };
  const { tokens, calls, clock } = keeper(() => ({ json: refusal }));

  expect(await tokens.ensure()).toMatchObject({ kind: "refused", why });
  await clock.pass(59_000);
  await tokens.ensure();
  expect(calls).toHaveLength(1);
  await clock.pass(2_000);
  await tokens.ensure();
  expect(calls).toHaveLength(2);
});

test("nobody there is another thing than a refusal, and is tried again soon", async () => {
  const { tokens, calls, clock } = keeper(() => ({ failure: "no route", mayHaveArrived: false }));

  expect(await tokens.ensure()).toEqual({
    kind: "unreachable",
    why: "log-in failed: no route",
    reason:
      "log-in failed: no route; the desk keeps trying. If it lasts, look at the network and at connection.api",
  });
  await clock.pass(100);
  await tokens.ensure();

  expect(calls).toHaveLength(2);
});

async function displace(tokens: TokenKeeper): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    await tokens.ensure();
    tokens.refused(tokens.current()?.text ?? "");
  }
}

function keeper(answer: Parameters<typeof scriptedHttp>[0]): {
  readonly tokens: TokenKeeper;
  readonly calls: ScriptedHttp["calls"];
  readonly clock: HandClock;
} {
  const { http, calls } = scriptedHttp(answer);
  const clock = new HandClock();
  const credentials = { userName: "ann", apiKey: "secret" };
  const apiUrl = "http://venue";
  const tokens = new TokenKeeper({
    apiUrl,
    credentials,
    http,
    clock,
    venueClock: clock,
    random: () => 0,
  });
  onTestFinished(() => tokens.close());
  return { tokens, calls, clock };
}
