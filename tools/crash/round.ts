import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Runtime } from "#cli/cli-io.ts";
import { accountId as accountIdOf, sessionId } from "#core/domain/ids.ts";
import { decodeRecord } from "#runtime/recovery.ts";
import { type AtRest, compareAtRest } from "./at-rest.ts";
import { Child } from "./child.ts";
import { DeskAsker } from "./desk-asker.ts";
import { type Sighting, type Verdict, cancelsLost, judge, legsDoubled } from "./judge.ts";
import { KillList } from "./kill-list.ts";
import { Observer } from "./observer.ts";
import type { Hit, Kill } from "./schedule.ts";
import type { Seeded } from "./seeded.ts";
import { Traffic } from "./traffic.ts";

const CONFIG = fileURLToPath(new URL("crash.yaml", import.meta.url));
const SESSION = sessionId("crash");
/** Ten minutes of the market in a second. */
const SPEED = 600;
/** More trading days than any round lasts. */
const LAPS = 400;
/** How long a desk may take until it has agreed with the venue, and until it comes to a point. */
const START_MS = 20_000;
const POINT_MS = 6_000;
/** A snapshot is taken when nothing happens. */
const CALM_MS = 30;

export type RoundParts = {
  readonly runtime: Pick<Runtime, "askDesk" | "verify" | "readJournal">;
  readonly folder: string;
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
};

/** One venue, one session, and a desk that dies again and again. */
export class Round {
  readonly #parts: RoundParts;
  readonly #asker: DeskAsker;
  readonly #traffic: Traffic;
  readonly #venueAddress: string;
  readonly #dataFolder: string;
  readonly #log: string;
  readonly #hits: Hit[] = [];
  readonly #mismatched: string[] = [];
  readonly #lost: string[] = [];
  readonly #doubled: string[] = [];
  readonly #sightings: Sighting[] = [];
  #comparisons = 0;
  #extraKills = 0;
  #starts = 0;

  constructor(parts: RoundParts) {
    const { folder, runtime, seeded } = parts;
    this.#parts = parts;
    this.#dataFolder = join(folder, "data");
    this.#venueAddress = join(folder, "venue.sock");
    this.#log = join(folder, "output.log");
    this.#asker = new DeskAsker((message) => runtime.askDesk(this.#dataFolder, message), "H");
    this.#traffic = new Traffic(this.#asker, seeded);
  }

  async run(): Promise<RoundResult> {
    const { folder } = this.#parts;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const venue = this.#startVenue();
    try {
      const observer = await this.#observer(venue);
      await this.#lives(observer);
      await this.#lastLife(observer);
      const result = this.#result(await observer.orders());
      observer.close();
      return result;
    } finally {
      venue.kill();
      await venue.ended;
    }
  }

  #startVenue(): Child {
    const args = ["--config", CONFIG, "--listen", this.#venueAddress, "--speed", String(SPEED)];
    return new Child("venue.ts", ["venue", ...args, "--laps", String(LAPS)], {
      log: this.#log,
      env: {},
    });
  }

  #startDesk(env: Readonly<Record<string, string>>): Child {
    this.#starts += 1;
    const where = ["--data", this.#dataFolder, "--session", SESSION, "--venue", this.#venueAddress];
    const args = ["replay", "--json", "--no-supervise", "--config", CONFIG, ...where];
    return new Child("desk.ts", args, { log: this.#log, env });
  }

  async #observer(venue: Child): Promise<Observer> {
    for (;;) {
      if (venue.end !== null) throw this.#failure("the venue did not start");
      try {
        return await Observer.connect(this.#venueAddress);
      } catch {
        // It is still starting; if it never does, the line above says so.
        await sleep(20);
      }
    }
  }

  async #lives(observer: Observer): Promise<void> {
    const list = new KillList(this.#parts.kills);
    for (let kill = list.next(); kill !== undefined; kill = list.next()) {
      const hit = await this.#life(kill, observer);
      if (list.note(hit) === "extra") {
        this.#extraKills += 1;
        continue;
      }
      this.#hits.push(hit);
      this.#parts.onKill(hit);
    }
  }

  /** One start of the desk and its end, at a point or at random. */
  async #life(kill: Kill, observer: Observer): Promise<Hit> {
    const desk = this.#startDesk(envFor(kill));
    const timer = kill.kind === "random" && kill.when === "early" ? kill.afterMs : START_MS;
    const timeOut = setTimeout(() => desk.kill(), timer);
    const rest = await this.#rest(desk, observer);
    clearTimeout(timeOut);
    if (rest !== undefined && desk.end === null) await this.#endLate(desk, kill);
    desk.kill();
    const { code, signal } = await desk.ended;
    if (signal !== "SIGKILL") throw this.#failure(`the desk ended by itself (${code ?? signal})`);
    return kill.kind === "point" && !desk.wasKilled ? kill.point : "random";
  }

  /** Trades until the desk dies at its point or is killed. */
  async #endLate(desk: Child, kill: Kill): Promise<void> {
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
  async #rest(desk: Child, observer: Observer): Promise<AtRest | undefined> {
    while (desk.end === null && (await this.#asker.status()) === undefined) await sleep(20);
    if (desk.end !== null) return undefined;
    await this.#asker.repeat();
    const rest = await compareAtRest({ asker: this.#asker, observer, speed: SPEED });
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
  async #lastLife(observer: Observer): Promise<void> {
    const desk = this.#startDesk({});
    await this.#rest(desk, observer);
    const halt = { kind: "setTradingState", scope: { kind: "desk" }, state: "reducing" } as const;
    await this.#asker.request(halt);
    const accounts = (await this.#asker.status())?.accounts ?? [];
    for (const { accountId } of accounts) {
      await this.#asker.request({ kind: "flatten", accountId: accountIdOf(accountId) });
    }
    const rest = await this.#rest(desk, observer);
    const left = rest?.status.positions.map(({ position }) => JSON.stringify(position.qty)) ?? [
      "?",
    ];
    this.#mismatched.push(...left.map((qty) => `${qty} lots are left after everything was closed`));
    const { code } = await desk.stop();
    if (code !== 130) throw this.#failure(`the desk did not stop gracefully (${code})`);
  }

  #result(venue: Awaited<ReturnType<Observer["orders"]>>): RoundResult {
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
