import { describe, expect, test } from "vitest";
import { storedData } from "#cli/stored-data.ts";
import { encode } from "#core/desk/codec.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { type LiveMode, loadLivePlan } from "./load-live-plan.ts";
import { loadPlan } from "./load-plan.ts";

const WORLD = { strategies: STRATEGIES, data: storedData };

const REAL = `
accounts:
  COMBINE: { balance: 50000, venueName: 50KTC-V2, limits: { instruments: [MNQ] } }
connection:
  venue: projectx
  api: https://api.topstepx.com/
  user: ann
  key: \${TOPSTEP_API_KEY_REAL}
  instruments: [MGC]
`;
const PRACTICE = `
accounts: { A: { balance: 1000 } }
connection: { venue: projectx-practice, api: "http://127.0.0.1:7610", user: practice, key: k, instruments: [MGC] }
`;

describe("a session over a venue", () => {
  test("knows where the venue is, who we are there and what is traded", async () => {
    const { config, connection, data } = await live(REAL);

    expect(connection).toEqual({
      kind: "projectx",
      apiUrl: "https://api.topstepx.com",
      hubUrl: "https://rtc.topstepx.com",
      userName: "ann",
      apiKey: { text: "s3cret" },
      accounts: [{ accountId: "COMBINE", venueName: "50KTC-V2" }],
      warmUp: 345_600_000,
    });
    expect(config).toMatchObject({
      mode: "live",
      reconcileEvery: { idle: 60_000, exposed: 10_000 },
    });
    expect(config.instruments.map(({ id }) => id)).toEqual(["MGC", "MNQ"]);
    expect(data).toEqual({ name: "https://api.topstepx.com/", session: null });
  });

  test("keeps no secret in what is recorded", async () => {
    const { config } = await live(REAL);

    expect(encode(config)).not.toContain("s3cret");
  });

  test("sends nothing at a real venue until somebody says so, and trades where money is not real", async () => {
    const real = await live(REAL);
    const practice = await live(PRACTICE);

    expect(real.config.accounts).toMatchObject([{ arming: "observe", brackets: "desk" }]);
    expect(practice.config.accounts).toMatchObject([{ arming: "trade" }]);
    expect(practice.connection.hubUrl).toBe("http://127.0.0.1:7610");
  });

  test("simulates every account on paper, and in a shadow looks at the real one beside it", async () => {
    const paper = await live(REAL, "paper");
    const shadow = await live(REAL, "shadow");
    const collect = await live(REAL, "collect");

    expect(paper.config.accounts).toMatchObject([
      { accountId: "COMBINE", arming: "trade", venueId: "simulated" },
    ]);
    expect(paper.config.reconcileEvery).toBeNull();
    expect(shadow.config.accounts).toMatchObject([
      { accountId: "COMBINE", venueId: "simulated" },
      { accountId: "COMBINE@venue", venueId: "projectx", arming: "observe" },
    ]);
    expect(shadow.connection.accounts).toEqual([
      { accountId: "COMBINE@venue", venueName: "50KTC-V2" },
    ]);
    expect([collect.config.accounts, collect.config.bots]).toEqual([[], []]);
  });

  test("has secrets by name", async () => {
    const { connection } = await live(
      REAL.replace("${TOPSTEP_API_KEY_REAL}", "{ secret: topstep }"),
    );

    expect(connection.apiKey).toEqual({ secret: "topstep" });
  });
});

test.each([
  [
    "venue: projectx",
    "venue: topstep",
    "connection.venue: expected one of projectx, projectx-practice",
  ],
  ["https://api", "http://api", "connection.api: expected a URL that begins with https://"],
  ["user: ann", "user: ''", "connection.user: expected the user name of the API key"],
  [
    "instruments: [MGC]",
    "instruments: [MGX]",
    "connection.instruments[0]: expected a product root",
  ],
  ["${TOPSTEP_API_KEY_REAL}", "3", "connection.key: expected a secret as { secret: NAME }"],
  [
    "balance: 50000,",
    "balance: 50000, arming: trade,",
    "accounts.COMBINE.arming: expected observe at a real venue, found trade; leave it out, and say keel arm COMBINE trade while the desk runs",
  ],
])("%s written as %s is a mistake", async (right, wrong, says) => {
  await expect(live(REAL.replace(right, wrong))).rejects.toThrow(says);
});

test("a gateway that owns time is on this machine", async () => {
  const elsewhere = PRACTICE.replace("127.0.0.1", "example.org");

  await expect(live(elsewhere)).rejects.toThrow("expected a URL of this machine");
});

test("a session over a venue needs one", async () => {
  await expect(live("accounts: { A: { balance: 1 } }")).rejects.toThrow("connection");
});

test("the practice gateway has its user, and the firm's word about an account", async () => {
  const { practice } = await stored(`
accounts: { A: { balance: 1000 }, B: { balance: 1000 } }
data: { sample: gold-2013-10-08 }
practice:
  userName: ann
  accounts: { B: { maxLoss: 2000, brackets: position } }
`);

  expect(practice).toEqual({
    userName: "ann",
    apiKey: "practice-key",
    apiSubscription: true,
    events: "live",
    flatByClose: false,
    accounts: {
      B: {
        maxLoss: 2_000_000_000n,
        dailyLoss: null,
        maxContracts: null,
        brackets: "position",
        apiTrading: true,
      },
    },
  });
});

test("the firm of the practice gateway knows no account that is not there", async () => {
  const said = stored(`
accounts: { PRACTICE-1: { balance: 1000 } }
data: { sample: gold-2013-10-08 }
practice: { accounts: { PRACTISE-1: {} } }
`);

  await expect(said).rejects.toThrow('expected PRACTICE-1, found "PRACTISE-1"');
});

function live(text: string, mode: LiveMode = "live") {
  const source = { text, name: "keel.yaml", folder: "." };
  const env = { TOPSTEP_API_KEY_REAL: "s3cret" };
  return loadLivePlan({ ...WORLD, env }, { source, mode, sessionId: "S1" });
}

function stored(text: string) {
  const source = { text, name: "keel.yaml", folder: "." };
  return loadPlan({ ...WORLD, env: {} }, { source, mode: "replay", sessionId: "S1" });
}
