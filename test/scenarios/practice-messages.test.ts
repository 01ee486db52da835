import { expect, test } from "vitest";
import { denialSentence } from "#cli/sentences.ts";
import type { Request } from "#core/desk/request.ts";
import { instrumentId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import { GOLD, aBracket, anEntry } from "#test/kit/builders.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import { GatewayDesk, type GatewayDeskWishes } from "#test/kit/gateway-desk.ts";
import { type GatewayWishes, PRACTICE_USER, practiceGateway } from "#test/kit/practice-gateway.ts";

// What a person is told when something about the venue is not as it should be.

const ENTRY = anEntry({ bracket: aBracket() });
const SATURDAY = epochMs(Date.UTC(2026, 2, 14, 15));

test.each<[string, GatewayWishes, GatewayDeskWishes, string]>([
  [
    "a wrong key",
    {},
    { apiKey: "wrong" },
    "log-in refused: the API key was refused (3); make a new API key on the firm's web page and put it where connection.key gets it; then start the desk again",
  ],
  [
    "a user without the API add-on",
    { settings: { user: { ...PRACTICE_USER, hasApi: false } } },
    {},
    "log-in refused: this user has no API subscription (9); API access is bought apart: see the API subscription on the firm's web page; the desk tries again every minute, and keel reconnect at once",
  ],
  [
    "an account that the venue does not have",
    {},
    { venueName: "EXPRESS-7" },
    "the venue has no active account EXPRESS-7; it has PRAC-V2-1",
  ],
])("%s is told, and the desk waits", async (_name, gateway, wishes, reason) => {
  const { url } = await practiceGateway(gateway);

  const desk = new GatewayDesk(url, wishes);
  const told = await desk.told("cannot begin");

  const next = reason.endsWith("start the desk again")
    ? ""
    : ". It keeps trying and begins when it can";
  expect(told).toBe(`The desk cannot begin at ${url}: ${reason}${next}`);
  expect(await desk.answer()).toEqual({ kind: "waiting", sessionId: "S1", venue: url, reason });
});

test("an account without Auto OCO is told of, and the next entry is protected by the desk", async () => {
  const { url } = await practiceGateway({ accounts: [{ brackets: "position" }] });
  const desk = new GatewayDesk(url, { account: { brackets: "venue" } });
  await desk.ready();

  await desk.ask(ENTRY);
  const told = await desk.told("Auto OCO");
  await desk.ask({ ...ENTRY, qty: 2 as typeof ENTRY.qty });
  const { positions, orders } = await desk.working(2);

  expect(told).toContain("From now on the desk places them itself, right after the fill");
  expect(positions.map(({ position }) => position.qty)).toEqual([2]);
  expect(orders.map(({ terms }) => terms.type).toSorted()).toEqual(["limit", "stop"]);
});

test("a market that is closed takes no entry, and says so", async () => {
  const rows = [{ at: SATURDAY, price: [26_500, 26_501] as const }];
  const { url } = await practiceGateway({ from: SATURDAY, rows });
  const desk = new GatewayDesk(url);
  await desk.ready();

  expect(await denied(desk, ENTRY)).toContain("the market of MGC is closed");
});

test("a product that the venue does not list is told of, and the others trade", async () => {
  const { url } = await practiceGateway();
  const id = instrumentId("XYZ");
  const unlisted = { ...GOLD, id, root: "XYZ", projectXCode: "XYZ" };
  const desk = new GatewayDesk(url, { session: { instruments: [GOLD, unlisted] } });

  const told = await desk.told("XYZ");
  await desk.until("gold to be there", ({ touches, accounts }) => {
    return touches[0]?.touch.bidPrice !== null && accounts.every(({ ready }) => ready);
  });
  await desk.ask(ENTRY);
  await desk.working(2);

  expect(told).toContain("Not traded: XYZ: the venue lists no active contract of F.US.XYZ");
  expect(await denied(desk, { ...ENTRY, instrument: id })).toContain("XYZ");
});

test("a product beside its own active contract is told of, and one of the two trades", async () => {
  const { url } = await practiceGateway();
  const id = instrumentId("MGCJ26");
  const desk = new GatewayDesk(url, { session: { instruments: [GOLD, { ...GOLD, id }] } });

  const told = await desk.told("MGCJ26");
  await desk.until("gold to be there", ({ touches, accounts }) => {
    return touches[0]?.touch.bidPrice !== null && accounts.every(({ ready }) => ready);
  });
  await desk.ask(ENTRY);
  const { venue } = await desk.working(2);

  const problem =
    "MGCJ26: it would be traded in CON.F.US.MGC.J26, as MGC is already; name one of the two";
  expect(told).toBe(`Not traded: ${problem}`);
  expect(venue?.contracts).toContainEqual({ instrument: id, contractId: null, problem });
  expect(await denied(desk, { ...ENTRY, instrument: id })).toContain("MGCJ26");
});

test("a gateway that is down at the start is told once, and waited for", async () => {
  const gone = await practiceGateway();
  await gone.stop();

  const desk = new GatewayDesk(gone.url);
  const told = await desk.told("cannot begin");
  await practiceGateway({ port: Number(new URL(gone.url).port) });
  await desk.ready();

  expect(told).toContain("connect ECONNREFUSED 127.0.0.1");
  expect(desk.alerts.filter((text) => text.includes("cannot begin"))).toEqual([told]);
});

test("a gateway that goes in the middle closes the account for entries, and says why", async () => {
  const gateway = await practiceGateway();
  const desk = new GatewayDesk(gateway.url);
  await desk.ready();

  await gateway.stop();
  await desk.told("neither the market hub");
  const { accounts } = await desk.until("two attempts in vain", ({ venue }) => {
    return (venue?.marketHub.attempts ?? 0) > 2 && (venue?.userHub.attempts ?? 0) > 2;
  });

  const reason =
    /the link is down: neither the market hub nor the user hub is connected \(.+\); the desk keeps trying/u;
  expect(accounts).toMatchObject([{ readyReason: expect.stringMatching(reason) }]);
  expect(await denied(desk, ENTRY)).toMatch(reason);
  const told = desk.alerts.filter((text) => text.includes("No entries: "));
  expect(told.filter((text) => text.includes("neither the market hub"))).toHaveLength(1);
  expect(told.length).toBeLessThanOrEqual(2);
});

test("a key that is refused later in the day is told with what to do", async () => {
  const gateway = await practiceGateway();
  const desk = new GatewayDesk(gateway.url);
  await desk.ready();

  await gateway.stop();
  const user = { ...PRACTICE_USER, apiKey: "another" };
  await practiceGateway({ port: Number(new URL(gateway.url).port), settings: { user } });
  await desk.told("log-in refused");

  expect(await denied(desk, ENTRY)).toBe(
    "Order denied: PRACTICE-1 takes no entries now: the link is down: log-in refused: the API key was refused (3); " +
      "make a new API key on the firm's web page and put it where connection.key gets it; then start the desk again",
  );
});

test("a hub that is gone alone is named, with what is lost without it", async () => {
  const { url } = await practiceGateway();
  const gateway = new GatewayClient(url);
  const desk = new GatewayDesk(url);
  await desk.ready();

  await gateway.fault("refusedHub", { hub: "market", status: 503 });
  await gateway.fault("hubCut", { hub: "market" });
  await desk.told("the market hub");

  expect(await denied(desk, ENTRY)).toMatch(
    /the link is down: the market hub is not connected \(.+\), so no prices arrive; the desk keeps trying$/u,
  );
});

test("an answer to a log-in that breaks off is told without a letter of it", async () => {
  const { url } = await practiceGateway();
  await new GatewayClient(url).fault("malformedBody", { operation: "Auth/loginKey", count: 1 });

  const desk = new GatewayDesk(url);
  const told = await desk.told("log-in failed");
  await desk.ready();

  expect(told).toContain("/api/Auth/loginKey answered what is not JSON (");
  const said = [...desk.alerts, await desk.status(), ...desk.recorded()];
  const text = JSON.stringify(said, (_key, value: unknown) => {
    return typeof value === "bigint" ? String(value) : value;
  });
  expect(text).not.toMatch(/eyJ|practice-key/u);
});

/** The sentence that a person is shown. */
async function denied(desk: GatewayDesk, request: Request): Promise<string> {
  const reply = await desk.ask(request);
  if (reply?.kind !== "result" || reply.result.kind !== "denied") {
    throw new Error(`Expected a denial, found ${reply?.kind}`);
  }
  return denialSentence(reply.result.denial);
}
