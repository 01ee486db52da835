import { describe, expect, test } from "vitest";
import { botId } from "#core/domain/ids.ts";
import { type Lots, lots, ticks } from "#core/domain/units.ts";
import { aBotConfig, limitAt } from "#test/kit/builders.ts";
import { BOT, BotDesk, anEntryOf } from "#test/kit/scripted-bot.ts";
import type { StrategyContext } from "./strategy.ts";

const SIGNAL = { section: "entry", side: "buy", numbers: { fast: 2 } } as const;
const ACTIVE = { kind: "setTradingState", scope: { kind: "bot", botId: BOT } } as const;

const alertsOf = (desk: BotDesk) =>
  desk.commands.flatMap((one) => (one.kind === "alert" ? [one.text] : []));

describe("a strategy that goes wrong", () => {
  const WRONG: readonly [string, (ctx: StrategyContext) => void, string][] = [
    [
      "throws",
      () => {
        throw new Error("no such level");
      },
      "the strategy threw: no such level",
    ],
    [
      "throws what is no error",
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- strategies are code of others
        throw "level";
      },
      "the strategy threw: level",
    ],
    [
      "breaks an invariant",
      () => {
        ticks(1.5);
      },
      "the strategy threw: Broken invariant: a price is a whole number of ticks, found 1.5",
    ],
    [
      "asks for what cannot be",
      (ctx) => ctx.enter(anEntryOf({ qty: 1.5 as Lots })),
      "the strategy threw: an entry's qty must be whole lots, one or more, found 1.5",
    ],
    [
      "exits no lots",
      (ctx) => ctx.exit(0 as Lots),
      "the strategy threw: an exit's qty must be whole lots, one or more, found 0",
    ],
    [
      "signals no number",
      (ctx) => ctx.signal({ ...SIGNAL, numbers: { atr: Number.NaN } }),
      "the strategy threw: atr of a signal must be a finite number, found NaN",
    ],
    [
      "floods a callback",
      (ctx) => {
        for (let index = 0; index < 21; index += 1) ctx.signal(SIGNAL);
      },
      "the strategy threw: asked for more than 20 actions in one callback",
    ],
  ];

  test.each(WRONG)(
    "one that %s is halted, and does nothing of what it asked",
    (_what, act, reason) => {
      const desk = new BotDesk();
      const since = desk.facts.length;

      desk.act((ctx) => {
        ctx.enter(anEntryOf());
        act(ctx);
      });

      expect(desk.facts.slice(since)).toEqual([
        { kind: "botStatusChanged", botId: BOT, status: { kind: "halted", reason } },
      ]);
      expect(alertsOf(desk)).toEqual([`Bot bot-1 is halted: ${reason}`]);
    },
  );

  test("twenty actions are not too many", () => {
    const desk = new BotDesk();

    desk.act((ctx) => {
      for (let index = 0; index < 20; index += 1) ctx.signal(SIGNAL);
    });

    expect(desk.bot).toMatchObject({ status: { kind: "running" }, signals: { count: 20 } });
  });

  test("its entries are canceled and its protection stays", () => {
    const desk = new BotDesk();
    desk.act((ctx) => ctx.enter(anEntryOf({ qty: lots(1) })));
    desk.act((ctx) => ctx.enter(anEntryOf({ qty: lots(1), terms: limitAt(26_400) })));

    desk.act(() => {
      throw new Error("no");
    });

    expect(desk.position()?.qty).toBe(1);
    expect([...desk.state.openOrders.values()].map(({ purpose }) => purpose)).toEqual(["stopLoss"]);
  });

  test("the desk and its other bots go on", () => {
    const other = aBotConfig({ botId: botId("bot-2"), strategy: "scripted", params: {} });
    const desk = new BotDesk({ others: [other] });
    const [first, second] = desk.scripts;
    const fail = () => {
      throw new Error("no");
    };
    if (first !== undefined) first.next = fail;
    if (second !== undefined) second.next = (ctx) => ctx.signal(SIGNAL);

    desk.trade(26_500);

    expect(desk.bot.status.kind).toBe("halted");
    expect(desk.state.bots.get(botId("bot-2"))).toMatchObject({
      status: { kind: "running" },
      signals: { count: 1 },
    });
  });

  test("it is told once, however often it fails or is reported", () => {
    const desk = new BotDesk();

    for (const reason of ["took too long", "took too long again"]) {
      desk.apply({ kind: "botFailed", at: desk.now, botId: BOT, reason });
    }
    desk.apply({ kind: "botFailed", at: desk.now, botId: botId("bot-9"), reason: "unknown" });

    expect(desk.bot.status).toEqual({ kind: "halted", reason: "took too long" });
    expect(alertsOf(desk)).toEqual(["Bot bot-1 is halted: took too long"]);
  });

  test("it does not run again in this process, and who starts it is told so, once", () => {
    const desk = new BotDesk();
    desk.apply({ kind: "botFailed", at: desk.now, botId: BOT, reason: "took too long" });
    desk.act((ctx) => ctx.enter(anEntryOf()));
    const before = alertsOf(desk).length;

    desk.request({ ...ACTIVE, state: "active" });
    desk.act((ctx) => ctx.enter(anEntryOf()));
    desk.act((ctx) => ctx.enter(anEntryOf()));

    expect(desk.script.calls).toEqual([]);
    expect(before).toBe(1);
    expect(alertsOf(desk)).toEqual([
      "Bot bot-1 is halted: took too long",
      "Bot bot-1 was halted and has missed what happened since: start the desk again to run it",
    ]);
  });

  test("it runs again in the next process when a person has started it, not before", () => {
    const desk = new BotDesk();
    desk.apply({ kind: "botFailed", at: desk.now, botId: BOT, reason: "took too long" });

    desk.restart();
    desk.act((ctx) => ctx.enter(anEntryOf()));
    const calls = [...desk.script.calls];
    desk.request({ ...ACTIVE, state: "active" });
    desk.restart();
    desk.act((ctx) => ctx.enter(anEntryOf()));

    expect(calls).toEqual([]);
    expect(desk.position()?.qty).toBe(4);
  });

  test("one that chases its own orders within an event is stopped", () => {
    let price = 26_400;
    const desk = new BotDesk({
      prepare: (script) => {
        script.onOrderEnded = (_order, ctx) => {
          price -= 1;
          ctx.enter(anEntryOf({ qty: lots(1), terms: limitAt(price) }));
          ctx.cancelEntries();
        };
      },
    });

    desk.act((ctx) => {
      ctx.enter(anEntryOf({ qty: lots(1), terms: limitAt(26_400) }));
      ctx.cancelEntries();
    });

    expect(desk.bot.status).toEqual({
      kind: "halted",
      reason: "it reacted 22 times to its own orders within one event",
    });
    expect(desk.state.openOrders.size).toBe(0);
  });

  test("one that answers its orders in event after event is not", () => {
    const desk = new BotDesk({
      prepare: (script) => {
        script.onFill = (_fill, ctx) => ctx.signal(SIGNAL);
      },
    });

    for (let index = 0; index < 30; index += 1) {
      desk.advance(1_000);
      desk.place({ side: index % 2 === 0 ? "buy" : "sell" });
    }

    expect(desk.bot).toMatchObject({ status: { kind: "running" }, signals: { count: 30 } });
  });

  test("one that asks for entries without end is stopped, denied or not", () => {
    const desk = new BotDesk();
    const ask = () => desk.act((ctx) => ctx.enter(anEntryOf({ stopLossTicks: ticks(0) })));

    for (let index = 0; index < 60; index += 1) ask();
    desk.advance(60_000);
    for (let index = 0; index < 60; index += 1) ask();
    const status = desk.bot.status.kind;
    desk.advance(59_999);
    ask();

    expect(status).toBe("running");
    expect(desk.bot.status).toEqual({
      kind: "halted",
      reason: "the strategy threw: asked for more than 60 entries in a minute",
    });
  });

  test("sixty entries a minute are not too many", () => {
    const desk = new BotDesk();

    for (let index = 0; index < 200; index += 1) {
      desk.act((ctx) => ctx.enter(anEntryOf({ stopLossTicks: ticks(0) })));
      desk.advance(1_000);
    }

    expect(desk.bot.status.kind).toBe("running");
  });

  test("one that floods signals over a day is stopped at ten times its limit", () => {
    const desk = new BotDesk({ bot: { risk: { maxSignalsPerDay: 3 } } });

    for (let index = 0; index < 40; index += 1) desk.act((ctx) => ctx.signal(SIGNAL));

    expect(desk.bot).toMatchObject({
      status: { kind: "halted", reason: "it floods signals: 30 today, with a limit of 3" },
      signals: { count: 30 },
    });
  });
});

describe("what a bot stores", () => {
  test("survives a restart", () => {
    const desk = new BotDesk();
    desk.act((ctx) => ctx.store.set("levels", [26_400, { low: 1 }]));
    const seen: unknown[] = [];

    desk.restart();
    desk.act((ctx) => seen.push(ctx.store.get("levels")));

    expect(seen).toEqual([[26_400, { low: 1 }]]);
  });

  test("does not change with what the strategy keeps", () => {
    const desk = new BotDesk();
    const levels = [26_400];

    desk.act((ctx) => ctx.store.set("levels", levels));
    levels.push(26_300);
    desk.act((ctx) => {
      (ctx.store.get("levels") as number[]).push(26_200);
    });

    expect(desk.bot.store).toEqual({ levels: [26_400] });
    expect(desk.bot.status.kind).toBe("halted");
  });

  test("has a limit of values", () => {
    const desk = new BotDesk();
    for (let index = 0; index < 100; index += 1)
      desk.act((ctx) => ctx.store.set(`key ${index}`, index));

    desk.act((ctx) => ctx.store.set("key 0", "changed"));
    const status = desk.bot.status.kind;
    desk.act((ctx) => ctx.store.set("one more", 1));

    expect(status).toBe("running");
    expect(desk.bot.status).toEqual({ kind: "halted", reason: "it stores more than 100 values" });
  });
});
