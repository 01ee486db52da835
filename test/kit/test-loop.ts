import { hash } from "node:crypto";
import type { VenueCommand } from "#core/desk/command.ts";
import type { SessionConfig } from "#core/desk/config.ts";
import { Desk } from "#core/desk/desk.ts";
import type { DeskEvent } from "#core/desk/event.ts";
import type { Fact } from "#core/desk/fact.ts";
import type { Request, RequestResult } from "#core/desk/request.ts";
import { requestId } from "#core/domain/ids.ts";
import type { OrderReport } from "#core/domain/report.ts";
import { epochMs, lots, ticks } from "#core/domain/units.ts";
import type { Overrun } from "#runtime/callback-timer.ts";
import { DeskLoop } from "#runtime/desk-loop.ts";
import { Recorder } from "#runtime/recorder.ts";
import { decodeRecord } from "#runtime/recovery.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";
import { BrittleJournal } from "./brittle-journal.ts";
import { ACCOUNT, GOLD, OPENING, aSessionConfig } from "./builders.ts";

/** A loop over a real desk and a real journal, its account ready; what leaves it is noted. */
export function aLoop(session: Partial<SessionConfig> = {}) {
  const journal = new BrittleJournal();
  const recorder = new Recorder({ journal, tape: null }, (text) => hash("sha256", text));
  const lines: string[] = [];
  const replies: RequestResult[] = [];
  let isOwner = true;
  let requests = 0;
  let overruns: readonly Overrun[] = [];
  let told: Fact["kind"][] = [];
  const durable = () => `durable to ${journal.head().seq}`;
  const loop = new DeskLoop(
    new Desk({ strategies: STRATEGIES }),
    recorder,
    {
      send: (command: VenueCommand) => void lines.push(`${command.kind}, ${durable()}`),
      reply(_id, result) {
        replies.push(result);
        lines.push(`reply ${result.kind}, ${durable()}`);
      },
      ownsLease: () => isOwner,
      takeOverruns() {
        const taken = overruns;
        overruns = [];
        return taken;
      },
    },
    {
      onFact: (fact) => void told.push(fact.kind),
      onAlert: ({ severity, text }) => void lines.push(`${severity}: ${text}`),
    },
  );
  for (const event of beginning(session)) loop.apply(event);
  loop.release();
  const left = (): readonly string[] => {
    const all = told.length === 0 ? [...lines] : [...lines, `told ${told.join(", ")}`];
    lines.length = 0;
    told = [];
    return all;
  };
  left();
  return {
    loop,
    journal,
    recorder,
    replies,
    /** What has left since it was last asked. */
    left,
    lose: () => void (isOwner = false),
    overrun: (overrun: Overrun) => void (overruns = [overrun]),
    ask: (request: Request): void => {
      requests += 1;
      const id = requestId(`R${requests}`);
      loop.apply({ kind: "requestReceived", at: OPENING, requestId: id, by: "ann", request });
    },
    report: (said: OrderReport) => loop.apply({ kind: "orderReported", at: OPENING, report: said }),
    recorded: () => [...journal.read(0)].map(({ body }) => decodeRecord(body)),
  };
}

/** A session that has compared its account with the venue and seen a price. */
function beginning(session: Partial<SessionConfig>): readonly DeskEvent[] {
  const at = OPENING;
  const since = epochMs(0);
  const snapshot = { accountId: ACCOUNT, since, asOf: at, orders: [], fills: [], positions: [] };
  return [
    { kind: "sessionOpened", at, config: aSessionConfig(session) },
    { kind: "deskStarted", at, epoch: 1 },
    { kind: "accountReported", at, snapshot },
    {
      kind: "quote",
      at,
      instrument: GOLD.id,
      bidPrice: ticks(26_500),
      bidQty: lots(10),
      askPrice: ticks(26_501),
      askQty: lots(10),
    },
  ];
}
