import { expect, test } from "vitest";
import type { Fact } from "#core/desk/fact.ts";
import { requestId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import { ACCOUNT, OPENING, aBracket, anEntry, limitAt } from "#test/kit/builders.ts";
import { eventually } from "#test/kit/eventually.ts";
import { GatewayClient, type JsonObject } from "#test/kit/gateway-client.ts";
import { GatewayDesk, type GatewayDeskWishes } from "#test/kit/gateway-desk.ts";
import type { Row } from "#test/kit/memory-source.ts";
import { practiceGateway } from "#test/kit/practice-gateway.ts";
import { agreement } from "#test/kit/practice-truth.ts";

// Rules that no single switch of the gateway shows, by a whole desk over it. R1 has its kills in
// practice-durable.slow.test.ts, the other rules are in practice-faults.test.ts.

/** 2,650.0 at 2,650.1 for a minute, and 2,644.0 at 2,644.1 from then on. */
const ROWS: readonly Row[] = Array.from({ length: 3_000 }, (_, index) => ({
  at: OPENING + index * 500 + 1,
  price: index < 120 ? ([26_500, 26_501] as const) : ([26_440, 26_441] as const),
}));
const ENTRY = anEntry({ bracket: aBracket(150, 190) });
const ONE_LOT = { rules: { max_contracts: { limit: 1 } } };

test("R1: when a request leaves, what it does is in the journal on the disk", async () => {
  const sent: { readonly tag: unknown; readonly submitted: readonly string[] }[] = [];
  const desk: GatewayDesk = await deskOver((operation, { customTag }) => {
    if (operation !== "Order/place") return;
    const submitted = factsOf(desk).flatMap((fact) => {
      return fact.kind === "orderSubmitted" ? [String(fact.clientOrderId)] : [];
    });
    sent.push({ tag: customTag, submitted });
  });

  await desk.ask(ENTRY);
  await desk.working(2);
  await desk.ask({ kind: "flatten", accountId: ACCOUNT });
  await desk.flat();

  expect(sent).toHaveLength(4);
  expect(sent.filter(({ tag, submitted }) => !submitted.includes(String(tag)))).toEqual([]);
});

test("R6: an order whose cancel was acknowledged, and that fills, is a position with its stop", async () => {
  const desk = await deskOver();
  const gateway = new GatewayClient(desk.url);
  await gateway.fault("slowCancel", { ms: 600_000 });
  await desk.ask({ ...ENTRY, terms: limitAt(26_450) });
  const { orders } = await desk.working(1);

  const [entry] = orders;
  if (entry === undefined) throw new Error("Expected an order");
  await desk.ask({ kind: "cancel", clientOrderId: entry.clientOrderId });
  await eventually("the cancel to be acknowledged", async () => {
    return (await gateway.holdings()).working.some(({ status }) => status === PENDING_CANCELLATION);
  });
  const acknowledged = await desk.status();
  await play(gateway, 100);
  await desk.until("the position", ({ positions }) => positions.length > 0);
  await play(gateway, 10);

  expect(acknowledged.orders.map(({ clientOrderId }) => clientOrderId)).toEqual([
    entry.clientOrderId,
  ]);
  const truth = await agreement(desk, gateway);
  expect([truth.positions, truth.working.length]).toEqual([[1], 2]);
});

test("R8: of two requests for the last lot of a limit, asked for at once, one is sent", async () => {
  const desk = await deskOver(undefined, { account: ONE_LOT });
  const gateway = new GatewayClient(desk.url);
  await gateway.fault("delay", { operation: "Order/place", when: "before", ms: 300, count: 1 });

  const answers = await Promise.all([
    desk.ask(ENTRY),
    desk.ask({ ...ENTRY, terms: limitAt(26_490) }),
  ]);
  const truth = await agreement(desk, gateway);

  expect(answers.map((answer) => answer?.kind === "result" && answer.result)).toMatchObject([
    { kind: "accepted" },
    { kind: "denied", denial: { rule: "RULE-001", code: "maxContractsExceeded" } },
  ]);
  expect([truth.positions, truth.working.length]).toEqual([[1], 2]);
  expect((await gateway.holdings()).orders).toHaveLength(3);
});

test("R9: an order that nobody knows anything of takes its place in a limit", async () => {
  const desk = await deskOver(undefined, { account: ONE_LOT });
  const gateway = new GatewayClient(desk.url);
  await gateway.fault("silentFeed", { hub: "user" });
  await gateway.fault("staleLists", { ms: 600_000 });
  await gateway.fault("lostAnswer", { operation: "Order/place", count: 1 });

  await desk.ask({ ...ENTRY, terms: limitAt(26_450) });
  await desk.until("the doubt", ({ orders }) => orders[0]?.status.kind === "unconfirmed");
  const denied = await desk.ask({ ...ENTRY, terms: limitAt(26_449) });
  await gateway.send("/practice/faults", { method: "DELETE" });
  const truth = await agreement(desk, gateway);

  expect(denied).toMatchObject({ result: { kind: "denied" } });
  expect([truth.positions, truth.working.length]).toEqual([[], 1]);
});

test("R11: a lockout is on the disk before it is acted on, and outlives restarts of both sides", async () => {
  const rules = { daily_realized_loss: { limit: 3 } };
  const closes: boolean[] = [];
  const desk: GatewayDesk = await deskOver(
    (operation, { side }) => {
      if (operation !== "Order/place" || side !== SELL) return;
      closes.push(factsOf(desk).some(({ kind }) => kind === "accountLocked"));
    },
    { account: { rules } },
  );
  const gateway = new GatewayClient(desk.url);
  await desk.ask(anEntry({ qty: lots(3) }));
  await desk.until("three lots", ({ positions }) => positions[0]?.position.qty === 3);
  await desk.ask({ kind: "close", accountId: ACCOUNT, instrument: ENTRY.instrument, qty: lots(2) });
  const { lockouts } = await desk.until("the lockout", (status) => status.lockouts.length > 0);
  await desk.flat();

  const restart = { keepSessions: false, downMs: 100 };
  await gateway.fault("restart", restart).catch((error: unknown) => {
    expect(error).toBeInstanceOf(TypeError);
  });
  await desk.until("the link to be down", ({ accounts }) => accounts.every(({ ready }) => !ready));
  await desk.ready();
  const afterGateway = await denial(desk, "after-gateway");
  await desk.stop();
  const { dataFolder, url } = desk;
  const again = new GatewayDesk(url, { dataFolder, account: { rules } });
  await again.ready();
  const afterDesk = await denial(again, "after-desk");

  // The person's own close, and then the desk's of what is left.
  expect(closes).toEqual([false, true]);
  expect([afterGateway, afterDesk]).toEqual(["accountLocked", "accountLocked"]);
  expect((await again.status()).lockouts).toEqual(lockouts);
  expect(await agreement(again, gateway)).toEqual({ positions: [], working: [] });
});

const SELL = 1;
const PENDING_CANCELLATION = 7;

function factsOf(desk: GatewayDesk): readonly Fact[] {
  return desk.recorded().flatMap(({ facts }) => facts);
}

/** Why an entry is denied; each request has an id of its own, also for a desk that remembers others. */
async function denial(desk: GatewayDesk, id: string): Promise<string | undefined> {
  const asked = { kind: "request", requestId: requestId(id), by: "ann", request: ENTRY } as const;
  const answer = await desk.say(asked);
  if (answer?.kind !== "result" || answer.result.kind !== "denied") return undefined;
  return answer.result.denial.code;
}

function play(gateway: GatewayClient, speed: number) {
  const body = JSON.stringify({ speed });
  return gateway.send("/practice/time", { method: "POST", body });
}

/** A desk that is ready over a gateway at the pace of the wall. */
async function deskOver(
  onRequest: (operation: string, body: JsonObject) => void = () => undefined,
  wishes: GatewayDeskWishes = {},
): Promise<GatewayDesk> {
  const { url } = await practiceGateway({ rows: ROWS });
  const desk = new GatewayDesk(url, { ...wishes, onRequest });
  await desk.ready();
  return desk;
}
