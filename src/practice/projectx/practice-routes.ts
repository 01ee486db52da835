import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { Firm } from "./book/firm.ts";
import { FAULT_KINDS, type Fault, readFault } from "./faults/fault.ts";
import type { TimeMarker } from "./practice-time.ts";
import { type Row, orderRow, positionRow } from "./wire/rows.ts";
import { millisecondTime } from "./wire/stamp.ts";

export type PracticeControls = {
  readonly firm: Firm;
  readonly marker: () => TimeMarker;
  readonly setTime: (to: { readonly speed?: number; readonly lockstep?: boolean }) => void;
  readonly faults: () => readonly Fault[];
  readonly setFault: (fault: Fault) => void;
  readonly clearFaults: () => void;
  /** How often each operation was asked for. */
  readonly calls: () => ReadonlyMap<string, number>;
};

const timeSchema = z.strictObject({
  speed: z.number().positive().optional(),
  lockstep: z.boolean().optional(),
});

/** What the practice gateway has and the venue has not: control over time, faults on request, and the truth. */
export function addPracticeRoutes(app: FastifyInstance, controls: PracticeControls): void {
  app.get("/practice/time", (_request, reply) => json(reply, timeRow(controls.marker())));
  app.post("/practice/time", (request, reply) =>
    reading(reply, () => {
      const { speed, lockstep } = timeSchema.parse(bodyOf(request.body));
      controls.setTime({
        ...(speed === undefined ? {} : { speed }),
        ...(lockstep === undefined ? {} : { lockstep }),
      });
      return timeRow(controls.marker());
    }),
  );
  app.get("/practice/faults", (_request, reply) =>
    json(reply, { faults: controls.faults(), kinds: FAULT_KINDS }),
  );
  app.post("/practice/faults", (request, reply) =>
    reading(reply, () => {
      controls.setFault(readFault(bodyOf(request.body)));
      return { faults: controls.faults() };
    }),
  );
  app.delete("/practice/faults", (_request, reply) => {
    controls.clearFaults();
    return json(reply, { faults: [] });
  });
  app.get("/practice/calls", (_request, reply) =>
    json(reply, { calls: Object.fromEntries(controls.calls()) }),
  );
  app.get<{ Querystring: { readonly orders?: string } }>("/practice/holdings", (request, reply) => {
    const held = holdingsOf(controls.firm);
    // Those that have ended get many; who looks again and again can do without.
    if (request.query.orders === "working") return json(reply, held);
    return json(reply, { ...held, orders: ordersOf(controls.firm) });
  });
}

/** As `GET /practice/time` has it. */
export function timeRow({ now, speed, lockstep }: TimeMarker): Row {
  return { now: instantText(now), speed, lockstep };
}

/** As the PracticeTime event has it. */
export function markerRow(marker: TimeMarker): Row {
  const { step, ended } = marker;
  return { ...timeRow(marker), step, ended };
}

/** What is true at the venue, whatever lists and streams say: for those who prove a client right or wrong. */
function holdingsOf({ now, accounts, orders }: Firm): Row {
  const all = accounts.all();
  return {
    now: instantText(now),
    accounts: all.map(({ id, name, canTrade, lockedBy }) => ({ id, name, canTrade, lockedBy })),
    positions: accounts.openPositions().map(positionRow),
    working: all.flatMap(({ id }) => orders.working(id)).map(orderRow),
    fills: all.reduce((count, { id }) => count + accounts.trades(id).length, 0),
  };
}

function ordersOf({ accounts, orders }: Firm): readonly Row[] {
  const known = accounts.all().flatMap(({ id }) => orders.of(id));
  return known.map((order) => ({ ...orderRow(order), received: orders.timesReceived(order) }));
}

/** ISO with milliseconds, always three digits. */
function instantText(at: TimeMarker["now"]): string {
  const text = millisecondTime(at).replace("+00:00", "");
  const [seconds = "", fraction = ""] = text.split(".");
  return `${seconds}.${fraction.padEnd(3, "0")}Z`;
}

function bodyOf(body: unknown): unknown {
  return JSON.parse(typeof body === "string" && body !== "" ? body : "{}") as unknown;
}

function reading(reply: FastifyReply, read: () => object): FastifyReply {
  try {
    return json(reply, read());
  } catch (error) {
    if (error instanceof z.ZodError)
      return json(reply.code(400), { error: z.prettifyError(error) });
    if (error instanceof SyntaxError) return json(reply.code(400), { error: error.message });
    throw error;
  }
}

function json(reply: FastifyReply, body: object): FastifyReply {
  return reply.type("application/json").send(JSON.stringify(body));
}
