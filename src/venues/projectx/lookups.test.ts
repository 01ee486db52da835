import { expect, onTestFinished, test } from "vitest";
import { realClock } from "#runtime/real/real-clock.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { addressOf } from "#test/kit/projectx-link.ts";
import { pooledHttp } from "#venues/net/pooled-http.ts";
import { listAccounts, listOpenOrders, listPositions, logIn, searchContracts } from "./lookups.ts";
import { openSession } from "./session.ts";

test("accounts, contracts, positions and orders are looked up without a desk", async () => {
  const { url } = await practiceGateway();
  const session = await opened(url);

  const token = await logIn(session);
  const accounts = await listAccounts(session);
  const contracts = await searchContracts(session, "MGC");
  const [account] = accounts.kind === "confirmed" ? accounts.value : [];
  const held = await Promise.all([
    listPositions(session, account ?? { id: "0" }),
    listOpenOrders(session, account ?? { id: "0" }),
  ]);

  expect(token).toHaveProperty("expiresAt");
  expect(account).toMatchObject({ name: "PRAC-V2-1", canTrade: true });
  expect(contracts).toMatchObject({ kind: "confirmed", value: [{ symbolId: "F.US.MGC" }] });
  expect(held).toEqual([
    { kind: "confirmed", value: [] },
    { kind: "confirmed", value: [] },
  ]);
});

test("what is no practice gateway is not taken for one", async () => {
  const { url } = await practiceGateway();

  const session = await sessionAt(`${url}/nowhere`);

  expect(session).toEqual({
    kind: "unknown",
    reason: `${url}/nowhere/practice/time answered HTTP 404`,
  });
});

async function opened(url: string) {
  const session = await sessionAt(url);
  if (session.kind !== "confirmed") throw new Error(`Expected a session, found ${session.kind}`);
  onTestFinished(() => session.value.close());
  return session.value;
}

function sessionAt(url: string) {
  const http = pooledHttp();
  onTestFinished(http.close);
  const { signal } = new AbortController();
  return openSession({
    address: addressOf(url),
    http: http.send,
    clock: realClock,
    random: () => 0,
    signal,
  });
}
