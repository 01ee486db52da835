import type { Request } from "#core/desk/request.ts";
import { accountId, botId, clientOrderId, instrumentId, requestId } from "#core/domain/ids.ts";
import type { Bracket, OrderTerms } from "#core/domain/order.ts";
import {
  type Setting,
  type SettingProblem,
  choice,
  flag,
  integer,
  nullable,
  object,
  readSetting,
  text,
} from "#core/domain/settings.ts";
import type { Lots, Ticks } from "#core/domain/units.ts";
import type { ControlMessage } from "#runtime/control.ts";

const TICKS = integer({ min: -2_000_000_000, max: 2_000_000_000 }) as Setting<Ticks>;
const DISTANCE = integer({ min: 1, max: 1_000_000 }) as Setting<Ticks>;
const LOTS = integer({ min: 1, max: 1_000_000 }) as Setting<Lots>;
const ACCOUNT = named("an account id", accountId);
const INSTRUMENT = named("an instrument id", instrumentId);
const ORDER = named("a client order id", clientOrderId);

const TERMS = oneOf<OrderTerms>("type", {
  market: { type: choice("market") },
  limit: { type: choice("limit"), limitPrice: TICKS },
  stop: { type: choice("stop"), stopPrice: TICKS },
  stopLimit: { type: choice("stopLimit"), stopPrice: TICKS, limitPrice: TICKS },
  trailingStop: { type: choice("trailingStop"), stopPrice: TICKS, trailTicks: DISTANCE },
});

const BRACKET: Setting<Bracket> = object({
  stopLossTicks: DISTANCE,
  takeProfitTicks: nullable(DISTANCE),
});

const SCOPE = oneOf<Extract<Request, { kind: "setTradingState" }>["scope"]>("kind", {
  desk: { kind: choice("desk") },
  account: { kind: choice("account"), accountId: ACCOUNT },
  bot: { kind: choice("bot"), botId: named("a bot id", botId) },
});

const REQUEST = oneOf<Request>("kind", {
  submit: {
    kind: choice("submit"),
    accountId: ACCOUNT,
    instrument: INSTRUMENT,
    side: choice("buy", "sell"),
    qty: LOTS,
    terms: TERMS,
    timeInForce: choice("day", "gtc", "ioc", "fok"),
    reduceOnly: flag(),
    bracket: nullable(BRACKET),
  },
  cancel: { kind: choice("cancel"), clientOrderId: ORDER },
  modify: { kind: choice("modify"), clientOrderId: ORDER, qty: LOTS, terms: TERMS },
  close: { kind: choice("close"), accountId: ACCOUNT, instrument: INSTRUMENT, qty: nullable(LOTS) },
  flatten: { kind: choice("flatten"), accountId: ACCOUNT },
  setTradingState: {
    kind: choice("setTradingState"),
    scope: SCOPE,
    state: choice("active", "reducing", "halted"),
  },
  reconnect: { kind: choice("reconnect") },
  arm: {
    kind: choice("arm"),
    accountId: ACCOUNT,
    arming: choice("observe", "guard", "trade"),
    confirm: nullable(text("the account's name, typed once more")),
  },
});

const MESSAGE = oneOf<ControlMessage>("kind", {
  status: { kind: choice("status") },
  request: {
    kind: choice("request"),
    requestId: named("a request id", requestId),
    by: text("who asks"),
    request: REQUEST,
  },
});

/** A message as it came over the wire, read; or the first thing that is wrong with it, in words. */
export function readControlMessage(
  raw: unknown,
): ControlMessage | { readonly kind: "unreadable"; readonly reason: string } {
  const reading = readSetting(MESSAGE, raw);
  if (reading.ok) return reading.value;
  return { kind: "unreadable", reason: reading.problems.slice(0, 3).map(sentence).join("; ") };
}

function sentence({ path, expected, found, hint }: SettingProblem): string {
  const where = path.length === 0 ? "message" : path.join(".");
  return `${where}: expected ${expected}, found ${found}${hint === null ? "" : ` (${hint})`}`;
}

/** A value that becomes an id; the id's own rules decide. */
function named<Id extends string>(expected: string, make: (text: string) => Id): Setting<Id> {
  return {
    expected,
    read(raw, path, problems) {
      try {
        if (typeof raw === "string") return make(raw);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      problems.push({ path, expected, found: JSON.stringify(raw) ?? typeof raw, hint: null });
      return undefined;
    },
  };
}

/** One of several shapes, told apart by the word under `key`. */
function oneOf<T>(
  key: string,
  shapes: Readonly<Record<string, Parameters<typeof object>[0]>>,
): Setting<T> {
  const word = choice(...Object.keys(shapes));
  const expected = `a value whose ${key} is ${word.expected}`;
  return {
    expected,
    read(raw, path, problems) {
      const tag: unknown =
        typeof raw === "object" && raw !== null ? Reflect.get(raw, key) : undefined;
      const shape = typeof tag === "string" && Object.hasOwn(shapes, tag) ? shapes[tag] : undefined;
      if (shape !== undefined) return object(shape).read(raw, path, problems) as T | undefined;
      word.read(tag, [...path, key], problems);
      return undefined;
    },
  };
}
