import { onTestFinished } from "vitest";
import type { DurationMs } from "#core/domain/units.ts";
import { RestClient } from "#venues/projectx/rest-client.ts";
import { TokenKeeper } from "#venues/projectx/token-keeper.ts";
import { OPENING } from "./builders.ts";
import {
  HandClock,
  SUCCESS,
  type Scripted,
  type ScriptedHttp,
  aToken,
  scriptedHttp,
} from "./scripted-http.ts";

export type ScriptedRest = {
  readonly rest: RestClient;
  readonly clock: HandClock;
  readonly calls: ScriptedHttp["calls"];
};

/** A client that is logged in at a server which says what the test says it does. */
export async function scriptedRest(
  answer: Parameters<typeof scriptedHttp>[0],
  logIn: (count: number) => Scripted | Promise<Scripted> = loggedIn,
): Promise<ScriptedRest> {
  const clock = new HandClock();
  const { http, calls } = scriptedHttp((call, count) =>
    call.path.endsWith("loginKey") ? logIn(count) : answer(call, count),
  );
  const shared = { apiUrl: "http://venue", http, clock, venueClock: clock };
  const credentials = { userName: "ann", apiKey: "secret" };
  const tokens = new TokenKeeper({ ...shared, credentials, random: () => 0 });
  const answerTimeout = 5_000 as DurationMs;
  const rest = new RestClient({ ...shared, answerTimeout, tokens, onDate: () => undefined });
  onTestFinished(() => {
    tokens.close();
    rest.close();
  });
  await tokens.ensure();
  return { rest, clock, calls };
}

/** A session of a day; each log-in gets another one. */
export function loggedIn(count: number): Scripted {
  return { json: { token: aToken(`t${count}`, OPENING + 86_400_000), ...SUCCESS } };
}
