import { expect, test } from "vitest";
import type { Request } from "#core/desk/request.ts";
import { accountId, botId, clientOrderId } from "#core/domain/ids.ts";
import { object } from "#core/domain/settings.ts";
import { lots, ticks } from "#core/domain/units.ts";
import { sizingSettings } from "#core/strategy/bot-settings.ts";
import { strategy } from "#core/strategy/strategy.ts";
import {
  ACCOUNT,
  GOLD,
  aBotConfig,
  aBracket,
  anAccountConfig,
  anEntry,
  limitAt,
} from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

const OTHER = accountId("PRACTICE-2");
const BOT = botId("bot-1");

/** Bids far below the market at its first quote. */
const bidder = strategy({
  name: "bidder",
  idea: "Bids once.",
  params: object(sizingSettings),
  create: () => {
    let hasBid = false;
    return {
      bars: [],
      onQuote(_quote, ctx) {
        if (hasBid) return;
        hasBid = true;
        ctx.enter({ side: "buy", qty: lots(1), terms: limitAt(26_350), stopLossTicks: ticks(20) });
      },
    };
  },
});

const halt = (scope: Extract<Request, { kind: "setTradingState" }>["scope"]): Request => ({
  kind: "setTradingState",
  scope,
  state: "halted",
});

test.each<{ name: string; close: (desk: TestDesk) => void; left: readonly string[] }>([
  { name: "a halt of the desk", close: (desk) => desk.request(halt({ kind: "desk" })), left: [] },
  {
    name: "a halt of one account",
    close: (desk) => desk.request(halt({ kind: "account", accountId: ACCOUNT })),
    left: ["other"],
  },
  {
    name: "a halt of a bot",
    close: (desk) => desk.request(halt({ kind: "bot", botId: BOT })),
    left: ["entry", "other"],
  },
  {
    name: "the failure of a bot",
    close: (desk) => desk.apply({ kind: "botFailed", at: desk.now, botId: BOT, reason: "slow" }),
    left: ["entry", "other"],
  },
  {
    name: "a stop of the desk",
    close: (desk) => desk.apply({ kind: "stopRequested", at: desk.now }),
    left: [],
  },
])("$name withdraws the entries it covers and nothing else", ({ close, left }) => {
  const desk = busyDesk();

  close(desk);

  expect(working(desk)).toEqual(["elsewhere", ...left, "stop"].toSorted());
});

test("an entry whose cancel was lost or refused is canceled again while the halt lasts", () => {
  const desk = busyDesk();
  desk.orders = ({ kind }) => (kind === "cancelOrder" ? "lose" : "send");
  desk.request(halt({ kind: "desk" }));
  desk.advance(10_000);
  const lost = working(desk);

  desk.orders = () => "send";
  desk.advance(2_000);

  expect(lost).toEqual(["bot", "elsewhere", "entry", "other", "stop"]);
  expect(working(desk)).toEqual(["elsewhere", "stop"]);
});

test("an entry that comes back while the halt lasts is withdrawn as well", () => {
  const desk = busyDesk();
  desk.request(halt({ kind: "desk" }));
  const canceled = desk.commands.filter(({ kind }) => kind === "cancelOrder").length;

  desk.restart();

  expect(canceled).toBe(3);
  expect(working(desk)).toEqual(["elsewhere", "stop"]);
});

/** Works an entry in each account, one of a bot, one placed elsewhere and a stop that protects. */
function busyDesk(): TestDesk {
  const desk = new TestDesk({
    session: {
      accounts: [anAccountConfig(), anAccountConfig({ accountId: OTHER })],
      bots: [aBotConfig({ strategy: "bidder" })],
    },
    parts: { strategies: new Map([[bidder.name, bidder]]) },
  });
  desk.place({ bracket: aBracket(20, null) });
  desk.place({ terms: limitAt(26_400) });
  desk.place({ accountId: OTHER, terms: limitAt(26_400) });
  desk.venue.handle(
    {
      ...anEntry({ terms: limitAt(26_200) }),
      kind: "submitOrder",
      clientOrderId: clientOrderId("web-1"),
    },
    desk.now,
  );
  desk.advance(0);
  desk.reconcile();
  return desk;
}

/** What works at the desk, by what it is. */
function working(desk: TestDesk): readonly string[] {
  return [...desk.state.openOrders.values()]
    .map(({ accountId: account, source, purpose, instrument }) => {
      if (instrument !== GOLD.id) return "?";
      if (account === OTHER) return "other";
      if (source.kind === "bot") return "bot";
      if (source.kind === "external") return "elsewhere";
      return purpose === "stopLoss" ? "stop" : purpose;
    })
    .toSorted();
}
