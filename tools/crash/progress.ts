import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { RoundResult } from "./round.ts";

/** A round that came to its end, whatever it found. */
export type DoneRound = RoundResult & { readonly seconds: number };

/** What was done is what this program, given these, would do again. */
export type Proof = {
  /** The hash of all sources. */
  readonly source: string;
  readonly venue: string;
  readonly seed: number;
  readonly kills: number;
  readonly killsPerRound: number;
};

/** The rounds that an interrupted run has done, so that the same run, and no other, can go on after them. */
export class Progress {
  readonly #path: string;
  readonly #proof: string;

  constructor(path: string, proof: Proof) {
    const { source, venue, seed, kills, killsPerRound } = proof;
    this.#path = path;
    this.#proof = JSON.stringify({ source, venue, seed, kills, killsPerRound });
  }

  /** In their order; none when there is nothing, or another proof's. */
  rounds(): readonly DoneRound[] {
    if (!existsSync(this.#path)) return [];
    const found = JSON.parse(readFileSync(this.#path, "utf8")) as Stored;
    return found.proof === this.#proof ? found.rounds : [];
  }

  /** All of it or nothing: a run may be interrupted while it writes. */
  save(rounds: readonly DoneRound[]): void {
    const stored: Stored = { proof: this.#proof, rounds };
    const next = `${this.#path}.next`;
    writeFileSync(next, JSON.stringify(stored));
    renameSync(next, this.#path);
  }

  forget(): void {
    rmSync(this.#path, { force: true });
  }
}

type Stored = { readonly proof: string; readonly rounds: readonly DoneRound[] };
