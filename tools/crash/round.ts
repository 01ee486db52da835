import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Runtime } from "#cli/cli-io.ts";
import { accountId as accountIdOf, sessionId } from "#core/domain/ids.ts";
import type { VenueOrders } from "#ports/venue-lines.ts";
import { decodeRecord } from "#runtime/recovery.ts";
import { type AtRest, compareAtRest } from "./at-rest.ts";
import { Child } from "./child.ts";
import type { CoverBook } from "./cover-book.ts";
import { DeskAsker } from "./desk-asker.ts";
import { type Sighting, type Verdict, cancelsLost, judge, legsDoubled } from "./judge.ts";
import { KillList } from "./kill-list.ts";
import type { Hit, Kill, VenueKill } from "./schedule.ts";
import type { Seeded } from "./seeded.ts";
import type { Stage } from "./stage.ts";
import { Traffic } from "./traffic.ts";
import type { VenueEye } from "./venue-eye.ts";

const SESSION = sessionId("crash");
/** How long a desk may take until it has agreed with the venue, and until it comes to a point. */
const START_MS = 20_000;
const POINT_MS = 6_000;
/** A snapshot is taken when nothing happens. */
const CALM_MS = 30;
/** How long people go on when the venue is back. */
const AFTER_MS = 300;
/** How long a desk that outlives its venue may take for all of it. */
const VENUE_LIFE_MS = 90_000;

type DeskKill = Exclude<Kill, VenueKill>;

export type RoundParts = {
  readonly runtime: Pick<Runtime, "askDesk" | "verify" | "readJournal">;
  readonly folder: string;
  readonly stage: Stage;
  readonly kills: readonly Kill[];
  readonly seeded: Seeded;
  readonly onKill: (hit: Hit) => void;
};

export type RoundResult = Verdict & {
  readonly hits: readonly Hit[];
  /** Kills beyond those that were asked for, because a desk did not come to its point; judged like the others. */
  readonly extraKills: number;
  readonly mismatched: readonly string[];
  readonly requests: number;
  readonly accepted: number;
  readonly orders: number;
  readonly fills: number;
  readonly records: number;
  readonly verified: boolean;
  /** Records whose market data died with the process that had it. */
  readonly notVerifiable: number;
  readonly comparisons: number;
  /** Positions that waited too long for a stop, of those that were watched, and the longest wait. */
  readonly uncovered: readonly string[];
  readonly positions: number;
  readonly coverMsWorst: number;
};

/** One venue, one session, and a desk that dies again and again. */
export class Round {
  readonly #parts: RoundParts;
  readonly #asker: DeskAsker;
  readonly #traffic: Traffic;
  readonly #dataFolder: string;
  readonly #log: string;
  readonly #hits: Hit[] = [];
  readonly #mismatched: string[] = [];
  readonly #lost: string[] = [];
  readonly #doubled: string[] = [];
  readonly #sightings: Sighting[] = [];
  #venue: Child | null = null;
  #comparisons = 0;
  #extraKills = 0;
  #starts = 0;

  constructor(parts: RoundParts) {
    const { folder, runtime, seeded, stage } = parts;
    this.#parts = parts;
    this.#dataFolder = join(folder, "data");
    this.#log = join(folder, "output.log");
    this.#asker = new DeskAsker((message) => runtime.askDesk(this.#dataFolder, message), "H");
    this.#traffic = new Traffic(this.#asker, seeded, stage.habits);
  }

  async run(): Promise<RoundResult> {
    const { folder } = this.#parts;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    this.#venue = this.#parts.stage.startVenue(this.#log);
    try {
      const eye = await this.#eye(this.#venue);
      await this.#lives(eye);
      await this.#lastLife(eye);
      const result = this.#result(await eye.orders(), eye.cover?.book ?? null);
      eye.close();
      return result;
    } finally {
      this.#venue.kill();
      await this.#venue.ended;
    }
  }

  #startDesk(env: Readonly<Record<string, string>>): Child {
    this.#starts += 1;
    const args = this.#parts.stage.deskArgs({ data: this.#dataFolder, name: SESSION });
    return new Child("desk.ts", args, { log: this.#log, env });
  }

  async #eye(venue: Child): Promise<VenueEye> {
    for (;;) {
      if (venue.end !== null) throw this.#failure("the venue did not start");
      try {
        return await this.#parts.stage.connect();
      } catch {
        // It is still starting; if it never does, the line above says so.
        await sleep(20);
      }
    }
  }

  async #lives(eye: VenueEye): Promise<void> {
    const list = new KillList(this.#parts.kills);
    for (let kill = list.next(); kill !== undefined; kill = list.next()) {
      const hit = await this.#life(kill, eye);
      if (list.note(hit) === "extra") {
        this.#extraKills += 1;
        continue;
      }
      this.#hits.push(hit);
      this.#parts.onKill(hit);
    }
  }

  /** One start of the desk and its end, at a point or at random. */
  async #life(kill: Kill, eye: VenueEye): Promise<Hit> {
    if (kill.kind === "venue") return this.#venueLife(kill, eye);
    const desk = this.#startDesk(envFor(kill));
    const timer = kill.kind === "random" && kill.when === "early" ? kill.afterMs : START_MS;
    const timeOut = setTimeout(() => desk.kill(), timer);
    const rest = await this.#rest(desk, eye);
    clearTimeout(timeOut);
    if (rest !== undefined && desk.end === null) await this.#endLate(desk, kill);
    desk.kill();
    const { code, signal } = await desk.ended;
    if (signal !== "SIGKILL") throw this.#failure(`the desk ended by itself (${code ?? signal})`);
    return kill.kind === "point" && !desk.wasKilled ? kill.point : "random";
  }

  /** The venue goes and comes back while a desk starts or trades, which outlives it and stops when asked to. */
  async #venueLife(kill: VenueKill, eye: VenueEye): Promise<Hit> {
    const desk = this.#startDesk({});
    const timeOut = setTimeout(() => desk.kill(), VENUE_LIFE_MS);
    if (kill.when === "early") await sleep(kill.afterMs);
    else {
      await this.#rest(desk, eye);
      await this.#trade(desk, kill.afterMs);
    }
    await this.#interrupt(kill, eye);
    if (kill.when === "late") await this.#trade(desk, kill.downMs + AFTER_MS);
    await this.#rest(desk, eye);
    clearTimeout(timeOut);
    await this.#stop(desk, eye);
    return kill.how === "killed" ? "venueKilled" : "venueRestarted";
  }

  async #interrupt(kill: VenueKill, eye: VenueEye): Promise<void> {
    if (kill.how === "restarted") return eye.restart?.(kill);
    this.#venue?.kill();
    await this.#venue?.ended;
    await sleep(kill.downMs);
    this.#venue = this.#parts.stage.startVenue(this.#log);
  }

  async #trade(desk: Child, forMs: number): Promise<void> {
    const untilMs = performance.now() + forMs;
    await this.#traffic.run(() => desk.end === null && performance.now() < untilMs, 0);
  }

  async #stop(desk: Child, eye: VenueEye): Promise<void> {
    eye.cover?.deskWent();
    const { code, signal } = await desk.stop();
    if (code !== 130) throw this.#failure(`the desk did not stop gracefully (${code ?? signal})`);
  }

  /** Trades until the desk dies at its point or is killed. */
  async #endLate(desk: Child, kill: DeskKill): Promise<void> {
    const untilMs = performance.now() + (kill.kind === "point" ? POINT_MS : kill.afterMs);
    const goesOn = () => desk.end === null && performance.now() < untilMs;
    if (kill.kind === "point") desk.process.send({ point: kill.point, passes: kill.passes });
    else setTimeout(() => desk.kill(), kill.afterMs);
    const point = kill.kind === "point" ? kill.point : null;
    if (point === "duringFlatten") await this.#traffic.flatten(goesOn);
    else await this.#traffic.run(goesOn, point === "duringSnapshot" ? CALM_MS : 0);
    // A desk that no longer answers is dying; by what, its end tells.
    await Promise.race([desk.ended, sleep(Math.max(0, untilMs - performance.now()))]);
  }

  /** Repeats what got no answer, lets everything settle, and compares. */
  async #rest(desk: Child, eye: VenueEye): Promise<AtRest | undefined> {
    while (desk.end === null && (await this.#asker.status()) === undefined) await sleep(20);
    if (desk.end !== null) return undefined;
    eye.cover?.deskCame();
    void desk.ended.then(() => eye.cover?.deskWent());
    await this.#asker.repeat();
    const rest = await compareAtRest({ asker: this.#asker, eye, speed: this.#parts.stage.speed });
    if (rest === undefined) return undefined;
    this.#comparisons += 1;
    const { status, differences } = rest;
    this.#mismatched.push(...differences);
    this.#lost.push(...cancelsLost(this.#asker.asked, status));
    this.#doubled.push(...legsDoubled(status));
    const lockouts = status.lockouts.map(({ lockoutId }) => lockoutId);
    this.#sightings.push({ at: status.at, seq: status.seq, lockouts });
    return rest;
  }

  /** Nobody dies any more: everything is closed, compared for the last time, and stopped. */
  async #lastLife(eye: VenueEye): Promise<void> {
    const desk = this.#startDesk({});
    await this.#rest(desk, eye);
    const halt = { kind: "setTradingState", scope: { kind: "desk" }, state: "reducing" } as const;
    await this.#asker.request(halt);
    const accounts = (await this.#asker.status())?.accounts ?? [];
    for (const { accountId } of accounts) {
      await this.#asker.request({ kind: "flatten", accountId: accountIdOf(accountId) });
    }
    const rest = await this.#rest(desk, eye);
    const left = rest?.status.positions.map(({ position }) => JSON.stringify(position.qty)) ?? [
      "?",
    ];
    this.#mismatched.push(...left.map((qty) => `${qty} lots are left after everything was closed`));
    await this.#stop(desk, eye);
  }

  #result(venue: VenueOrders, cover: CoverBook | null): RoundResult {
    const { runtime } = this.#parts;
    const session = { dataFolder: this.#dataFolder, sessionId: SESSION };
    const records = [...runtime.readJournal(session, 0)].map(({ body }) => decodeRecord(body));
    const { asked } = this.#asker;
    const verdict = judge({ records, asked, venue, sightings: this.#sightings });
    const { ok, notVerifiable } = runtime.verify(this.#dataFolder, SESSION);
    const isBlind = ({ seq }: { readonly seq: number }) =>
      notVerifiable.some(({ from, to }) => seq >= from && seq <= to);
    return {
      ...verdict,
      lost: [...verdict.lost, ...this.#lost],
      doubled: [...verdict.doubled, ...this.#doubled],
      mismatched: [...this.#mismatched, ...verdict.strangers],
      hits: this.#hits,
      extraKills: this.#extraKills,
      requests: asked.length,
      accepted: asked.filter(({ answer }) => answer?.kind === "accepted").length,
      orders: venue.orders.length,
      fills: venue.fills,
      records: records.length,
      verified: ok,
      notVerifiable: records.filter(isBlind).length,
      comparisons: this.#comparisons,
      uncovered: cover?.findings ?? [],
      positions: cover?.positions ?? 0,
      coverMsWorst: Math.round(cover?.worstMs ?? 0),
    };
  }

  #failure(what: string): Error {
    const tail = readFileSync(this.#log, "utf8").split("\n").slice(-30).join("\n");
    return new Error(`Start ${this.#starts}: ${what}. The end of what it printed:\n${tail}`);
  }
}

/** A desk that is to die while it agrees with the venue must know before it starts. */
function envFor(kill: Kill): Readonly<Record<string, string>> {
  if (kill.kind !== "point" || kill.point !== "duringReconcile") return {};
  return { KEEL_CRASH_AT: JSON.stringify({ point: kill.point, passes: kill.passes }) };
}
