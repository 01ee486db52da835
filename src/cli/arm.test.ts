import { expect, test } from "vitest";
import type { Arming } from "#core/desk/config.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { aDesk, keel } from "./cli-scenario.ts";
import { aBusyVenue } from "./venue-scenario.ts";

const strategies = STRATEGIES;
const ACCEPTED = {
  kind: "result",
  result: { kind: "accepted", clientOrderIds: [], note: null },
} as const;
const ARM = { kind: "arm", accountId: "PRACTICE-1" };

test("a step up shows the limits, and asks for the account's name", async () => {
  const desk = armed("observe");
  const asked: (readonly [string, string])[] = [];
  const ask = async (question: string, how: string): Promise<string> => {
    asked.push([question, how]);
    return "PRACTICE-1";
  };

  const ended = await keel(
    "arm PRACTICE-1 guard",
    { strategies, askDesk: desk.askDesk },
    { input: { isTty: true, ask, read: async () => "" } },
  );

  expect(asked).toEqual([
    ["Type PRACTICE-1 to let the desk send cancels, closes and protective stops: ", "shown"],
  ]);
  expect(requested(desk)).toEqual({ ...ARM, arming: "guard", confirm: "PRACTICE-1" });
  expect(ended).toMatchObject({ code: 0, err: "" });
  expect(ended.out).toMatchInlineSnapshot(`
    "Accounts
    account     state   armed      balance  day net  open PnL  day fees  trips  won
    PRACTICE-1  active  observe  49,873.26  -126.74    +42.00     17.28      4    1

    Limits used
    rule                                                       used    limit
    Maximum contracts of the account  ████████████░░░░░░░░        3        5
    Daily realized loss               █████░░░░░░░░░░░░░░░  $126.74  $500.00

    Accepted: PRACTICE-1 is in guard now
    "
  `);
});

test("where nobody can type the name is an option, and without it nothing is asked", async () => {
  const desk = armed("guard");
  const run = (args: string) => keel(args, { strategies, askDesk: desk.askDesk });

  const silent = await run("arm PRACTICE-1 trade");
  const json = await run("arm PRACTICE-1 trade --json");
  const before = desk.asked.filter(({ message }) => message.kind === "request");
  const confirmed = await run("arm PRACTICE-1 trade --confirm PRACTICE-1 --json");

  const message =
    "Expected --confirm PRACTICE-1 to go from guard to trade, found nobody who could type it";
  expect(silent).toMatchObject({ code: 2, err: `${message}\n` });
  expect(json).toMatchObject({ code: 2, out: "" });
  expect(before).toEqual([]);
  expect(JSON.parse(confirmed.out)).toMatchObject({ kind: "accepted" });
  expect(requested(desk)).toEqual({ ...ARM, arming: "trade", confirm: "PRACTICE-1" });
});

test("a wrong name is for the desk to refuse", async () => {
  const reason = "type the account's name, PRACTICE-1, to allow more to be sent";
  const answer = { kind: "result", result: { kind: "impossible", reason } } as const;
  const desk = armed("observe", answer);

  const ended = await keel("arm PRACTICE-1 trade --confirm PRACTICE", {
    strategies,
    askDesk: desk.askDesk,
  });

  expect(requested(desk)).toEqual({ ...ARM, arming: "trade", confirm: "PRACTICE" });
  expect(ended).toMatchObject({ code: 3, err: `Not possible: ${reason}\n` });
});

test("a step down needs nothing", async () => {
  const desk = armed("trade");

  const ended = await keel("arm PRACTICE-1 observe", { strategies, askDesk: desk.askDesk });

  expect(ended).toEqual({ code: 0, out: "Accepted: PRACTICE-1 is in observe now\n", err: "" });
  expect(requested(desk)).toEqual({ ...ARM, arming: "observe", confirm: null });
});

test.each([
  ["arm PRACTICE-1 gaurd", 'Expected one of observe, guard, trade, found "gaurd" as <step>\n'],
])("keel %s is wrong usage", async (args, message) => {
  const ended = await keel(args, { strategies, askDesk: armed("observe").askDesk });

  expect(ended).toMatchObject({ code: 2, out: "" });
  expect(ended.err).toContain(message);
});

function armed(arming: Arming, answer: Parameters<typeof aDesk>[0] = ACCEPTED) {
  const { accounts, ...status } = aBusyVenue();
  return aDesk(answer, { ...status, accounts: accounts.map((one) => ({ ...one, arming })) });
}

function requested({ asked }: ReturnType<typeof aDesk>) {
  const message = asked.at(-1)?.message;
  return message?.kind === "request" ? message.request : undefined;
}
