import { writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { accountId } from "#core/domain/ids.ts";
import { realClock } from "#runtime/real/real-clock.ts";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { GatewayClient } from "#test/kit/gateway-client.ts";
import {
  type GatewayWishes,
  GOLD_CONTRACT,
  PRACTICE_ACCOUNT,
  PRACTICE_USER,
  practiceGateway,
} from "#test/kit/practice-gateway.ts";
import type { Runtime } from "./cli-io.ts";
import { aConfig, aDesk, aStatus, keel } from "./cli-scenario.ts";
import { lookAtVenue } from "./live-runtime.ts";
import { apiKeyText } from "./secret-cabinet.ts";
import { aBusyVenue } from "./venue-scenario.ts";

const strategies = STRATEGIES;
const ACCEPTED = {
  kind: "result",
  result: { kind: "accepted", clientOrderIds: [], note: null },
} as const;

test("login check tells user, session, accounts and time", async () => {
  const venue = await aVenue();

  const ended = await venue.keel("login check");

  expect(ended).toMatchObject({ code: 0, err: "" });
  expect(ended.out.replace(venue.url, "http://gateway")).toMatchInlineSnapshot(`
    "Venue       http://gateway (projectx-practice)
    User        practice
    Session     good for 24 h
    Venue time  2026-03-11 15:00:00 UTC
    Our clock   not compared: the gateway keeps its own time

    account     number      balance  may trade  here
    PRACTICE-1  10000001  50,000.00  yes        PRACTICE-1
    "
  `);
});

test("login check says which account of the configuration the venue does not have", async () => {
  const venue = await aVenue({ accounts: [{ name: "EXPRESS-V2-7" }] });

  const ended = await venue.keel("login check --json");

  expect(JSON.parse(ended.out)).toMatchObject({
    problems: ["PRACTICE-1 of the configuration is none of them; name it with venueName"],
  });
});

type LoginCase = {
  readonly what: string;
  readonly login?: { readonly user?: string; readonly key?: string };
  readonly wishes?: GatewayWishes;
  readonly message: string;
};

test.each<LoginCase>([
  {
    what: "a wrong key",
    login: { key: "wrong" },
    message:
      "to let practice in, found that it refuses: the API key was refused (3); make a new API key on the firm's web page and put it where connection.key gets it",
  },
  {
    what: "an unknown user",
    login: { user: "ann@example.com" },
    message:
      "the venue does not know this user name (1); look at connection.user, which is the user name of the web page and no e-mail address",
  },
  {
    what: "no API subscription",
    wishes: { settings: { user: { ...PRACTICE_USER, hasApi: false } } },
    message: "this user has no API subscription (9); API access is bought apart",
  },
])("login check with $what says what helps", async ({ login, wishes, message }) => {
  const venue = await aVenue(wishes, login);

  const ended = await venue.keel("login check");

  expect(ended).toMatchObject({ code: 3, out: "" });
  expect(ended.err).toContain(message);
});

test("a gateway that is down is told as such, before and after the log-in", async () => {
  const venue = await aVenue();
  const slow = await aVenue();
  await new GatewayClient(slow.url).fault("badGateway", { operation: "Account/search" });
  await venue.stop();

  const before = await venue.keel("accounts --json");
  const after = await slow.keel("accounts");

  expect(before).toMatchObject({ code: 4, out: "" });
  expect(JSON.parse(before.err)).toMatchObject({
    expected: `a gateway at ${venue.url}`,
    exitCode: 4,
  });
  expect(after).toMatchObject({ code: 4, out: "" });
  expect(after.err).toContain("/api/Account/search answered HTTP 502");
});

test("a session that somebody else takes at once is told as such", async () => {
  const venue = await aVenue();
  await new GatewayClient(venue.url).fault("expiredToken", { operation: "Account/search" });

  const ended = await venue.keel("accounts");

  expect(ended).toMatchObject({ code: 5, out: "" });
  expect(ended.err).toContain("found that another program or web login has taken the session");
});

test("accounts, positions, orders and contracts are looked up at the venue", async () => {
  const venue = await aVenue();
  const outsider = await GatewayClient.loggedIn(venue.url);
  const order = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT };
  await outsider.post("Order/place", { ...order, type: 2, side: 0, size: 2 });
  await outsider.post("Order/place", { ...order, type: 4, side: 1, size: 2, stopPrice: 2_640 });

  const accounts = await venue.keel("accounts");
  const positions = await venue.keel("positions");
  const orders = await venue.keel("orders");
  const contracts = await venue.keel("contracts MGC");
  const nothing = await venue.keel("contracts zzz");

  expect([accounts.out, positions.out, orders.out, contracts.out, nothing.out].join("\n"))
    .toMatchInlineSnapshot(`
    "account     number      balance  may trade  here
    PRACTICE-1  10000001  49,998.08  yes        PRACTICE-1

    account     instrument  side  qty   entry  open PnL
    PRACTICE-1  MGCJ26      long    2  2650.1         ?

    order      venue's id  account     instrument  side  qty  filled  terms        state
    elsewhere  3400000002  PRACTICE-1  MGCJ26      sell    2       0  stop 2640.0  open

    contract          name   here  tick  worth  active  description
    CON.F.US.MGC.J26  MGCJ6  MGC    0.1      1  yes     Micro Gold: April 2026

    The venue has no contract that is called zzz
    "
  `);
});

test("programs read the same in ticks and millionths", async () => {
  const venue = await aVenue();
  const outsider = await GatewayClient.loggedIn(venue.url);
  const order = { accountId: PRACTICE_ACCOUNT, contractId: GOLD_CONTRACT };
  await outsider.post("Order/place", {
    ...order,
    type: 1,
    side: 0,
    size: 1,
    limitPrice: 2_640,
    customTag: "k1-7",
  });

  const accounts = await venue.keel("accounts --json");
  const orders = await venue.keel("orders --json");

  expect(JSON.parse(accounts.out)).toEqual({
    from: "venue",
    simulated: [],
    accounts: [
      {
        name: "PRACTICE-1",
        id: String(PRACTICE_ACCOUNT),
        balance: "50000000000",
        canTrade: true,
        accountId: "PRACTICE-1",
        arming: null,
      },
    ],
  });
  expect(JSON.parse(orders.out)).toMatchObject({
    from: "venue",
    orders: [
      {
        clientOrderId: "k1-7",
        account: "PRACTICE-1",
        instrument: "MGCJ26",
        side: "buy",
        qty: 1,
        filledQty: 0,
        terms: { type: "limit", limitPrice: 26_400 },
        state: "open",
      },
    ],
  });
});

test("a desk at the venue answers for it, and nobody logs in a second time", async () => {
  const { askDesk } = aDesk(ACCEPTED, aBusyVenue());
  const ask = (args: string) => keel(args, { strategies, askDesk });

  const accounts = await ask("accounts");
  const positions = await ask("positions");
  const orders = await ask("orders");
  const check = await ask("login check");

  expect([accounts.out, positions.out, orders.out, check.out].join("\n")).toMatchInlineSnapshot(`
    "account      balance  may trade  here        armed
    PRAC-V2-1  49,873.26  yes        PRACTICE-1  trade

    account     instrument  side  qty    entry  open PnL
    PRACTICE-1  MGC         long    3  1318.53    +42.00

    order  venue's id  account     instrument  side  qty  filled  terms         state
    K1-8   ?           PRACTICE-1  MGC         sell    3       0  stop 1316.2   working
    K1-9   ?           PRACTICE-1  MGC         sell    3       0  limit 1323.4  working

    Venue       as session S1 has it
    Session     good for 23.5 h
    Venue time  2013-10-08 14:05:00 UTC
    Our clock   right

    account      balance  may trade  here        armed
    PRAC-V2-1  49,873.26  yes        PRACTICE-1  trade
    "
  `);
  expect(await ask("contracts MGC")).toEqual({
    code: 3,
    out: "",
    err:
      "Expected no desk on /home/ann/keel-data, found session S1 logged in at the venue, which a second log-in would end; " +
      "search before it starts, or see the contracts it trades in keel status\n",
  });
});

test("a paper desk tells its own balances apart from those at the venue", async () => {
  const account = { accountId: accountId("PRACTICE-1"), name: "PRAC-V2-1", canTrade: true };
  const venue = { accounts: [{ ...account, balance: 12_000 }] };
  const { askDesk } = aDesk(ACCEPTED, aBusyVenue(venue, { mode: "paper" }));

  const forPeople = await keel("accounts", { strategies, askDesk });
  const forPrograms = await keel("accounts --json", { strategies, askDesk });

  expect(forPeople.out).toBe(`account      balance  may trade  here        armed
PRAC-V2-1  12,000.00  yes        PRACTICE-1  observe

These are the venue's accounts and balances, and nothing is sent to them. Simulated on this desk: PRACTICE-1 with 49,873.26; keel status shows more.
`);
  expect(JSON.parse(forPrograms.out)).toMatchObject({
    simulated: [{ accountId: "PRACTICE-1", balance: "49873260000" }],
  });
});

test("while a desk is getting to its venue nobody else logs in", async () => {
  const waiting = { kind: "waiting", sessionId: "S1", venue: "http://x", reason: null } as const;

  const ended = await keel("login check", { strategies, askDesk: async () => waiting });

  expect(ended).toMatchObject({ code: 3, out: "" });
  expect(ended.err).toContain("session S1 waits for its venue at http://x and keeps trying");
});

test("a desk that plays stored data is no login at the venue", async () => {
  const venue = await aVenue();
  const { askDesk } = aDesk(ACCEPTED, aStatus({ mode: "replay" }), aConfig());

  const ended = await venue.keel("accounts", askDesk);

  expect(ended.out).toContain("PRACTICE-1");
});

/** A gateway with the account of the sample, and a configuration that leads there. */
async function aVenue(
  wishes: GatewayWishes = {},
  login: { readonly user?: string; readonly key?: string } = {},
) {
  const { url, stop } = await practiceGateway({ accounts: [{ name: "PRACTICE-1" }], ...wishes });
  const folder = new TemporaryFolder();
  const config = folder.file("venue.yaml");
  const { user = "practice", key = "practice-key" } = login;
  writeFileSync(
    config,
    `accounts: { PRACTICE-1: { balance: 50000 } }
connection: { venue: projectx-practice, api: "${url}", user: ${user}, key: ${key}, instruments: [MGC] }
`,
  );
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const openVenue: Runtime["openVenue"] = async (connection) => {
    const apiKey = await apiKeyText({} as never, connection);
    return lookAtVenue({ clock: realClock, signal: stopping.signal, apiKey }, connection);
  };
  return {
    url,
    stop,
    keel: (args: string, askDesk?: Runtime["askDesk"]) =>
      keel(`${args} --config ${config}`, {
        strategies,
        openVenue,
        ...(askDesk === undefined ? {} : { askDesk }),
      }),
  };
}
