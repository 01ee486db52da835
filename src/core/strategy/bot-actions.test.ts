import { describe, expect, test } from "vitest";
import { botId } from "#core/domain/ids.ts";
import { lots } from "#core/domain/units.ts";
import { aBotConfig, limitAt } from "#test/kit/builders.ts";
import { BOT, BotDesk, anEntryOf } from "#test/kit/scripted-bot.ts";

const SIGNAL = { section: "entry", side: "buy", numbers: { fast: 2 } } as const;

describe("what a strategy asks for", () => {
  test("happens in its order, after the callback", () => {
    const desk = new BotDesk();
    const since = desk.facts.length;

    desk.act((ctx) => {
      ctx.signal(SIGNAL);
      ctx.enter(anEntryOf({ qty: lots(1), terms: limitAt(26_400) }));
      ctx.store.set("asked", true);
      ctx.cancelEntries();
    });

    expect(desk.facts.slice(since).map(({ kind }) => kind)).toEqual([
      "signalGenerated",
      "orderApproved",
      "storeChanged",
      "orderCanceled",
    ]);
  });

  test("a signal is dated and told", () => {
    const desk = new BotDesk();

    desk.act((ctx) => ctx.signal(SIGNAL));

    expect(desk.facts.at(-1)).toEqual({
      kind: "signalGenerated",
      botId: BOT,
      tradingDay: "2026-03-11",
      signal: { at: desk.now, ...SIGNAL },
    });
  });

  test("an exit closes all, or as much as is said, and no more than is left", () => {
    const desk = new BotDesk();
    desk.place({ qty: lots(5) });

    desk.act((ctx) => ctx.exit(lots(2)));
    const part = desk.position()?.qty;
    desk.act((ctx) => ctx.exit(lots(9)));
    const whole = desk.position()?.qty;
    const since = desk.facts.length;
    desk.act((ctx) => ctx.exit());

    expect([part, whole]).toEqual([3, 0]);
    expect(desk.facts.slice(since)).toEqual([]);
  });

  test("two exits in one callback close a position once", () => {
    const desk = new BotDesk();
    desk.place({ qty: lots(2) });

    desk.act((ctx) => {
      ctx.exit();
      ctx.exit();
    });

    expect(desk.position()?.qty).toBe(0);
    expect(desk.commands.filter(({ kind }) => kind === "submitOrder").length).toBe(2);
  });

  test("an entry works for the day, with the bot's name on it", () => {
    const desk = new BotDesk();

    desk.act((ctx) => ctx.enter(anEntryOf({ qty: lots(1), terms: limitAt(26_400) })));

    expect([...desk.state.openOrders.values()]).toMatchObject([
      {
        source: { kind: "bot", botId: BOT },
        purpose: "entry",
        timeInForce: "day",
        reduceOnly: false,
        requestId: null,
        parent: null,
      },
    ]);
  });

  test("entries of another bot are not canceled", () => {
    const other = aBotConfig({ botId: botId("bot-2"), strategy: "scripted", params: {} });
    const desk = new BotDesk({ others: [other] });
    const [first, second] = desk.scripts;
    if (first !== undefined)
      first.next = (ctx) => ctx.enter(anEntryOf({ qty: lots(1), terms: limitAt(26_400) }));
    desk.trade(26_500);

    if (second !== undefined) second.next = (ctx) => ctx.cancelEntries();
    desk.trade(26_500);

    expect([...desk.state.openOrders.values()].map(({ status }) => status.kind)).toEqual([
      "working",
    ]);
  });

  test("entries of the bot are canceled, those of others and protection are not", () => {
    const desk = new BotDesk();
    const mine = desk.place({ terms: limitAt(26_300) });
    desk.act((ctx) => ctx.enter(anEntryOf({ qty: lots(1) })));
    desk.act((ctx) => ctx.enter(anEntryOf({ qty: lots(1), terms: limitAt(26_400) })));

    desk.act((ctx) => ctx.cancelEntries());

    const open = [...desk.state.openOrders.values()].map(({ clientOrderId, purpose }) => [
      clientOrderId,
      purpose,
    ]);
    expect(open).toEqual([
      [mine, "entry"],
      ["k1-3", "stopLoss"],
    ]);
  });
});
