import { describe, expect, test } from "vitest";
import { botId } from "#core/domain/ids.ts";
import { InvariantError } from "#core/domain/invariant.ts";
import { lots, ticks } from "#core/domain/units.ts";
import { MARKET, NASDAQ, aBotConfig, aBracket, limitAt } from "#test/kit/builders.ts";
import { elsewhere, quoteAt } from "#test/kit/risk-desk.ts";
import { BOT, BotDesk, anEntryOf } from "#test/kit/scripted-bot.ts";

const SIGNAL = { section: "entry", side: "buy", numbers: { fast: 2 } } as const;
const ACTIVE = { kind: "setTradingState", scope: { kind: "bot", botId: BOT } } as const;

describe("callbacks", () => {
  test("come for bars, trades, quotes, fills and ended orders, each with what the strategy may see", () => {
    const seen: string[] = [];
    const desk = new BotDesk({
      prepare: (script) => {
        script.onTrade = (tick) => seen.push(`trade ${tick.price}`);
        script.onQuote = (quote) => seen.push(`quote ${quote.bidPrice}`);
        script.onFill = (fill, ctx) => seen.push(`filled ${fill.qty}, holds ${ctx.position.qty}`);
        script.onOrderEnded = (order) => seen.push(`${order.purpose} ${order.status.kind}`);
      },
    });

    seen.length = 0;
    desk.act((ctx) => ctx.enter(anEntryOf({ qty: lots(2) })));
    quoteAt(desk, 26_510);
    desk.act((ctx) => ctx.exit());

    expect(seen).toEqual([
      "trade 26500",
      "filled 2, holds 2",
      "entry filled",
      "quote 26510",
      "trade 26500",
      "filled 2, holds 0",
      "exit filled",
      "stopLoss canceled",
    ]);
  });

  test("are only for what a bot's account does in its instrument", () => {
    const seen: string[] = [];
    const other = aBotConfig({
      botId: botId("bot-2"),
      strategy: "scripted",
      instrument: NASDAQ.id,
      params: {},
    });
    const desk = new BotDesk({
      others: [other],
      prepare: (script) => {
        script.onTrade = (tick) => seen.push(tick.instrument);
        script.onQuote = (quote) => seen.push(quote.instrument);
        script.onFill = (fill) => seen.push(`fill of ${fill.instrument}`);
      },
    });

    seen.length = 0;
    desk.trade(26_500);
    quoteAt(desk, 26_500);
    desk.place();

    expect(seen).toEqual(["MGC", "MGC", "fill of MGC"]);
    expect(desk.scripts.map((script) => script.calls)).toEqual([["bar"], []]);
  });

  test("of several bots on one account and instrument all see its fills, and each its own orders", () => {
    const seen: string[] = [];
    const other = aBotConfig({ botId: botId("bot-2"), strategy: "scripted", params: {} });
    let count = 0;
    const desk = new BotDesk({
      others: [other],
      prepare: (script) => {
        count += 1;
        const name = `bot ${count}`;
        script.onFill = () => seen.push(`${name} fill`);
        script.onOrderEnded = () => seen.push(`${name} order`);
      },
    });

    const [first] = desk.scripts;
    if (first !== undefined) first.next = (ctx) => ctx.enter(anEntryOf({ qty: lots(1) }));
    desk.trade(26_500);

    expect(seen).toEqual(["bot 1 fill", "bot 2 fill", "bot 1 order"]);
  });

  test("show position, orders, touch, time and what was just stored", () => {
    const seen: unknown[] = [];
    const desk = new BotDesk();
    desk.place({ qty: lots(2), bracket: aBracket(50, null) });
    desk.quote(26_500, 26_501, NASDAQ.id);
    desk.place({ instrument: NASDAQ.id, terms: limitAt(26_400) });

    desk.act((ctx) => {
      ctx.store.set("other", 9);
      ctx.store.set("count", 1);
      ctx.store.set("count", 2);
      const { position, workingOrders, touch, now, instrument } = ctx;
      seen.push(
        position.qty,
        workingOrders.map(({ terms }) => terms.type),
        touch,
        now,
      );
      seen.push(instrument.id, ctx.store.get("count"), ctx.store.get("none"));
    });

    expect(seen).toEqual([
      2,
      ["stop"],
      { bidPrice: 26_500, askPrice: 26_501, lastPrice: 26_500 },
      desk.now,
      "MGC",
      2,
      undefined,
    ]);
  });

  test("show a flat position where nothing was ever held, and no inherited values", () => {
    const seen: unknown[] = [];

    new BotDesk().act((ctx) => seen.push(ctx.position.qty, ctx.store.get("constructor")));

    expect(seen).toEqual([0, undefined]);
  });

  test("tell of an order's end, however it ended, and not of its parts", () => {
    const seen: string[] = [];
    const desk = new BotDesk({
      prepare: (script) => {
        script.onOrderEnded = ({ status }) => seen.push(status.kind);
      },
    });
    const limit = (price: number) => anEntryOf({ qty: lots(2), terms: limitAt(price) });

    desk.act((ctx) => ctx.enter(limit(26_499)));
    desk.trade(26_498);
    const partly = [...seen];
    desk.trade(26_498);
    desk.act((ctx) => ctx.enter(anEntryOf({ terms: { type: "stop", stopPrice: ticks(26_400) } })));
    desk.act((ctx) => ctx.enter(limit(26_300)));
    desk.advance(7 * 3_600_000);

    expect([partly, seen]).toEqual([[], ["filled", "rejected", "expired"]]);
  });

  test("are timed from outside", () => {
    const timed: string[] = [];
    const watch = {
      began: (id: string) => timed.push(`${id} began`),
      ended: (id: string) => timed.push(`${id} ended`),
    };
    const desk = new BotDesk({ desk: { parts: { watch } } });

    timed.length = 0;
    desk.act(() => timed.push("acts"));
    desk.act(() => {
      throw new Error("no");
    });

    expect(timed).toEqual(["bot-1 began", "acts", "bot-1 ended", "bot-1 began", "bot-1 ended"]);
  });
});

describe("a bot that is paused", () => {
  test("watches and notes down, and does nothing else", () => {
    const desk = new BotDesk({ bot: { enabled: false } });

    desk.act((ctx) => {
      ctx.signal(SIGNAL);
      ctx.enter(anEntryOf());
      ctx.store.set("seen", 1);
    });

    expect(desk.bot).toMatchObject({ status: { kind: "paused" }, store: { seen: 1 } });
    expect(desk.bot.signals.count).toBe(0);
    expect(desk.state.openOrders.size).toBe(0);
  });

  test("trades when a person starts it", () => {
    const desk = new BotDesk({ bot: { enabled: false } });

    desk.request({ ...ACTIVE, state: "active" });

    expect(desk.enter()).toBe(undefined);
    expect(desk.position()?.qty).toBe(4);
  });

  test("keeps what was on its way from being sent", () => {
    const desk = new BotDesk();
    desk.orders = () => "lose";
    desk.enter({ qty: lots(1) });
    const [order] = desk.state.openOrders.keys();

    const before = order === undefined ? "gone" : desk.desk.maySend(order);
    desk.request({ ...ACTIVE, state: "reducing" });
    const after = order === undefined ? "gone" : desk.desk.maySend(order);

    expect([before, after]).toEqual([undefined, "botNotRunning"]);
  });
});

describe("a bot that a person halts", () => {
  test("goes on watching, so that it may be started again", () => {
    const desk = new BotDesk();

    desk.request({ ...ACTIVE, state: "halted" });
    desk.act((ctx) => ctx.enter(anEntryOf()));
    const held = desk.position()?.qty;
    desk.request({ ...ACTIVE, state: "active" });
    desk.act((ctx) => ctx.enter(anEntryOf()));

    expect(held).toBe(undefined);
    expect(desk.script.calls).toEqual(["bar", "bar"]);
    expect(desk.position()?.qty).toBe(4);
  });
});

describe("warm-up", () => {
  test("brings no signal, no order and no stored value", () => {
    const desk = new BotDesk();
    const since = desk.facts.length;

    desk.apply({ kind: "warmupBegan", at: desk.now });
    desk.act((ctx) => {
      ctx.signal(SIGNAL);
      ctx.enter(anEntryOf());
      ctx.exit();
      ctx.cancelEntries();
      ctx.store.set("seen", 1);
    });
    desk.apply({ kind: "warmupEnded", at: desk.now });

    expect(desk.script.calls).toEqual(["bar"]);
    expect(desk.facts.slice(since)).toEqual([]);
    expect(desk.enter()).toBe(undefined);
  });

  test("keeps what is noted of fills and ends of orders meanwhile, for those are no history", () => {
    const desk = new BotDesk({
      prepare: (script) => {
        script.onFill = (_fill, ctx) => {
          ctx.store.set("fills", Number(ctx.store.get("fills") ?? 0) + 1);
          ctx.enter(anEntryOf());
        };
      },
    });
    const entries = () => desk.facts.filter(({ kind }) => kind === "orderApproved").length;

    desk.apply({ kind: "warmupBegan", at: desk.now });
    elsewhere(desk, "buy", 1, { terms: MARKET });
    const during = entries();
    desk.apply({ kind: "warmupEnded", at: desk.now });

    expect([desk.bot.store, during, entries()]).toEqual([{ fills: 1 }, 0, 0]);
  });

  test("is over once: each bar is acted on after it, however many warm-ups there were", () => {
    const desk = new BotDesk({
      prepare: (script) => {
        script.onRestore = () => script.calls.push("restored");
      },
    });

    for (const _gap of [1, 2]) {
      desk.apply({ kind: "warmupBegan", at: desk.now });
      desk.act((ctx) => ctx.signal(SIGNAL));
      desk.apply({ kind: "warmupEnded", at: desk.now });
      desk.act((ctx) => ctx.signal(SIGNAL));
    }

    expect(desk.script.calls).toEqual(["bar", "restored", "bar", "bar", "restored", "bar"]);
    expect(desk.bot.signals.count).toBe(2);
  });

  test("ends with a look at what the account holds", () => {
    const seen: unknown[] = [];
    const desk = new BotDesk({
      prepare: (script) => {
        script.onRestore = (ctx) => {
          seen.push([ctx.position.qty, ctx.workingOrders.length, ctx.store.get("level")]);
          ctx.signal(SIGNAL);
        };
      },
    });
    desk.act((ctx) => {
      ctx.store.set("level", 5);
      ctx.enter(anEntryOf({ qty: lots(2) }));
    });

    desk.restart();
    desk.apply({ kind: "warmupBegan", at: desk.now });
    desk.apply({ kind: "warmupEnded", at: desk.now });

    expect(seen).toEqual([[2, 1, 5]]);
    expect(desk.bot.signals.count).toBe(1);
  });

  test("a strategy that throws in it is halted", () => {
    const desk = new BotDesk();

    desk.apply({ kind: "warmupBegan", at: desk.now });
    desk.act(() => {
      throw new Error("no");
    });

    expect(desk.bot.status.kind).toBe("halted");
  });
});

test("a session with an unknown strategy, or settings that nobody validated, is not opened", () => {
  const open = (bot: object) => () => new BotDesk({ bot });

  expect(open({ strategy: "martingale" })).toThrow(InvariantError);
  expect(open({ params: { dollarRiskPerTrade: -1 } })).toThrow(InvariantError);
  expect(open({ risk: { maxPosition: 1 } })).toThrow(InvariantError);
});

test("fills from elsewhere are the account's as well", () => {
  const seen: number[] = [];
  const desk = new BotDesk({
    prepare: (script) => {
      script.onFill = (fill, ctx) => seen.push(fill.qty, ctx.position.qty);
    },
  });

  elsewhere(desk, "sell", 3, { terms: MARKET });

  expect(seen).toEqual([3, -3]);
});
