import { expect, test } from "vitest";
import { OPENING } from "#test/kit/builders.ts";
import { HandClock, type Scripted, aToken, scriptedHttp } from "#test/kit/scripted-http.ts";
import { scriptedRest } from "#test/kit/scripted-rest.ts";
import { SEARCH_ACCOUNTS } from "./operations.ts";
import { reasonOf } from "./outcome.ts";
import { readAnswer } from "./read-answer.ts";
import { TokenKeeper } from "./token-keeper.ts";

const TOKEN = aToken("t1", OPENING + 86_400_000);
const KEY = "Zx+key/of=ann";
const status = (text: string) => ({ status: 200, text });
const refused = (errorMessage: string) => ({
  json: { token: null, success: false, errorCode: 3, errorMessage },
});

test.each<[string, Scripted, string]>([
  [
    "a body that breaks off",
    status(`{"token":"${TOKEN.slice(0, 50)}`),
    "/api/Auth/loginKey answered what is not JSON (60 characters, not shown here)",
  ],
  [
    "one that repeats the request",
    status(`Cannot read {"userName":"ann","apiKey":"${KEY}"}`),
    "/api/Auth/loginKey answered what is not JSON (55 characters, not shown here)",
  ],
  [
    "a complaint about a member",
    { status: 400, text: JSON.stringify({ errors: { apiKey: [`${KEY.slice(0, 9)} is no key`] } }) },
    "/api/Auth/loginKey answered HTTP 400 (400)",
  ],
  ["a refusal that names the key", refused(`${KEY} is wrong.`), "(hidden) is wrong. (3)"],
  ["a refusal that names a token", refused(`${TOKEN} ended.`), "(hidden) ended. (3)"],
])("of a log-in, %s is not quoted", async (_what, answer, why) => {
  const found = await logIn(answer);

  expect(found).toMatchObject({ why: expect.stringMatching(/^log-in (?:failed|refused): /u) });
  expect("why" in found && found.why.replace(/^log-in \w+: /u, "")).toBe(why);
  expect(JSON.stringify(found)).not.toMatch(/eyJ|Zx\+key/u);
});

test.each<[string, Scripted, string]>([
  [
    "a body that is no JSON",
    status(`<p>Bearer ${TOKEN} and more`),
    '/api/Account/search answered what is not JSON: "<p>Bearer (hidden) and more"',
  ],
  ["a message", refused(`session ${TOKEN} ended`), "session (hidden) ended"],
  [
    "a complaint",
    { status: 400, text: JSON.stringify({ errors: { token: [TOKEN] } }) },
    "/api/Account/search answered HTTP 400: token: (hidden)",
  ],
])("a token in %s is hidden", async (_what, answer, reason) => {
  const { rest } = await scriptedRest(() => answer);

  const outcome = await rest.call(SEARCH_ACCOUNTS, {}, "read");

  expect(outcome.kind === "confirmed" ? "confirmed" : reasonOf(outcome)).toBe(reason);
});

test("a token that does not look like one is hidden where it is the one in use", () => {
  const answer = { status: 200, headers: {}, body: "no session s3cr3t" };

  expect(readAnswer(SEARCH_ACCOUNTS, answer, ["s3cr3t", ""])).toEqual({
    kind: "unknown",
    reason: '/api/Account/search answered what is not JSON: "no session (hidden)"',
  });
});

async function logIn(answer: Scripted) {
  const clock = new HandClock();
  const { http } = scriptedHttp(() => answer);
  const credentials = { userName: "ann", apiKey: KEY };
  const shared = { apiUrl: "http://venue", http, clock, venueClock: clock, random: () => 0 };
  const tokens = new TokenKeeper({ ...shared, credentials });
  const found = await tokens.ensure();
  tokens.close();
  return found;
}
