import { type EpochMs, epochMs } from "#core/domain/units.ts";
import type { InstanceLock, Owner } from "./instance-lock.ts";
import { LeaseDamagedError, LeaseFile, type StoredLease } from "./lease-file.ts";
import { isBusy, isRefusedWrite, isUnreadable } from "./sqlite.ts";

/** One instant on both clocks of a process: the time of day, and one that cannot be set back. */
export type LeaseNow = { readonly wall: EpochMs; readonly monotonicMs: number };

export type LeaseOptions = {
  readonly path: string;
  readonly owner: Owner;
  readonly now: LeaseNow;
  /** The instance lock of the data folder, if this process has it: an earlier owner that had it here is dead. */
  readonly lock: InstanceLock | null;
  /** The highest epoch known from elsewhere, such as journals: it counts when the file was lost. */
  readonly epochAbove?: number;
  /** The epoch that the first taking has, where nothing is known of an earlier one; 1 unless told. */
  readonly firstEpoch?: number;
  /**
   * By how much the epoch rises, 1 unless told. Where it is by chance, a folder that goes on from an old copy does not
   * repeat the epochs that followed it.
   */
  readonly epochStep?: number;
};

export type LeaseAnswer = { readonly kind: "taken"; readonly lease: Lease } | LeaseHeld;

/** Another process has it, at least until then by its own clock. */
export type LeaseHeld = { readonly kind: "held"; readonly by: Owner; readonly until: EpochMs };

/** How long a lease lasts. Renewed every second, it survives some seconds in which nothing runs. */
export const LEASE_MS = 5_000;

/**
 * Takes the right to send orders, or tells who has it and until when. Every taking has a higher epoch than all
 * before, durable before this returns.
 *
 * Safety does not depend on clocks that agree. Whoever takes over from an owner that may be alive stores the new
 * epoch first and then waits longer than a lease before it acts. An owner renews only when it reads its own epoch,
 * so the last renewal it can have made is over by then. The deadline in the file only tells when to try.
 */
export function takeLease(options: LeaseOptions): LeaseAnswer {
  const { path } = options;
  try {
    const file = new LeaseFile(path);
    const taking = storeTaking(file, options);
    if (taking.kind === "held") {
      file.close();
      return taking;
    }
    file.relax();
    return { kind: "taken", lease: new Lease(file, options, taking.stored) };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw new LeaseDamagedError(
      `Expected a lease in ${path}, found ${String(error)}; move the file away and start again`,
      { cause: error },
    );
  }
}

/** The right to send orders, while it lasts. */
export class Lease {
  readonly owner: Owner;
  readonly #file: LeaseFile;
  readonly #epochStep: number;
  #stored: StoredLease;
  /** From when it may be used; `null` until the time of waiting for a predecessor has begun. */
  #from: number | null;
  #until: number;
  #isLost = false;

  constructor(file: LeaseFile, options: LeaseOptions, stored: StoredLease) {
    const { owner, now, epochStep = 1 } = options;
    this.owner = owner;
    this.#file = file;
    this.#epochStep = epochStep;
    this.#stored = stored;
    this.#from = stored.isWaiting ? null : now.monotonicMs;
    this.#until = now.monotonicMs + LEASE_MS;
  }

  get epoch(): number {
    return this.#stored.epoch;
  }

  /**
   * Goes on under an epoch above one that is known from elsewhere: the file may be older than the journal. Throws where
   * that cannot be stored.
   */
  raise(above: number): void {
    if (above < this.epoch) return;
    const raised = { ...this.#stored, epoch: above + this.#epochStep };
    this.#file.transaction(() => {
      this.#isLost ||= this.#file.read()?.epoch !== this.epoch;
      if (!this.#isLost) this.#file.write(raised);
    });
    if (!this.#isLost) this.#stored = raised;
  }

  /** Until when the monotonic clock may run before this must have been renewed. */
  get heldUntil(): number {
    return this.#until;
  }

  /** Asked before each send, with the time of that moment. */
  mayAct(nowMonotonicMs: number): boolean {
    if (this.#isLost || this.#from === null) return false;
    return nowMonotonicMs >= this.#from && nowMonotonicMs < this.#until;
  }

  /**
   * Extends the lease, every second. `lost` is for ever: another process has it. `unreadable`: the file cannot be
   * read, and the lease runs out if that lasts.
   */
  renew(now: LeaseNow): "held" | "lost" | "unreadable" {
    if (this.#isLost) return "lost";
    const epoch = this.#readEpoch();
    if (epoch === undefined) return "unreadable";
    this.#isLost = epoch !== this.epoch;
    if (this.#isLost) return "lost";
    this.#from ??= now.monotonicMs + WAIT_MS;
    this.#until = now.monotonicMs + LEASE_MS;
    const isWaiting = now.monotonicMs < this.#from;
    this.#store({ ...this.#stored, isWaiting, deadline: deadlineAfter(now) });
    return this.#isLost ? "lost" : "held";
  }

  /** Gives the lease back, so that the next process need not wait. It cannot be used any more. */
  release(): void {
    if (!this.#file.isOpen()) return;
    this.#store({ ...this.#stored, owner: null });
    this.#isLost = true;
    this.#file.close();
  }

  #readEpoch(): number | undefined {
    try {
      return this.#file.read()?.epoch ?? 0;
    } catch (error) {
      if (isDamaged(error) || isBusy(error)) return undefined;
      throw error;
    }
  }

  /** Never over a higher epoch. On a full disk others see a lease that ran out, which is safe: see `takeLease`. */
  #store(lease: StoredLease): void {
    try {
      this.#file.transaction(() => {
        this.#isLost ||= this.#file.read()?.epoch !== this.epoch;
        if (!this.#isLost) this.#file.write(lease);
      });
      this.#stored = lease;
    } catch (error) {
      if (!isRefusedWrite(error) && !isDamaged(error)) throw error;
    }
  }
}

/** A whole lease, and something for clocks that do not run equally fast. */
const WAIT_MS = LEASE_MS + 500;

type Taking = { readonly kind: "stored"; readonly stored: StoredLease } | LeaseHeld;

function storeTaking(file: LeaseFile, options: LeaseOptions): Taking {
  const { owner, now, lock, epochAbove = 0 } = options;
  try {
    return file.transaction(() => {
      const found = file.read();
      const predecessor = predecessorOf(found, options);
      if (typeof predecessor === "object") return predecessor;
      const stored = {
        epoch: epochAfter(Math.max(found?.epoch ?? 0, epochAbove), options),
        owner,
        isUnderLock: lock !== null,
        isWaiting: predecessor === "silent",
        deadline: deadlineAfter(now),
      };
      file.write(stored);
      return { kind: "stored", stored };
    });
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Only where nothing is known of an earlier one a lease begins elsewhere than right after it. */
function epochAfter(known: number, { firstEpoch = 1, epochStep = 1 }: LeaseOptions): number {
  return known === 0 ? firstEpoch : known + epochStep;
}

/**
 * `gone`: nobody acts any more. `silent`: somebody may, though the deadline has passed; that includes one that the
 * last owner was still waiting for. Otherwise the answer, because the owner must be taken for alive.
 */
function predecessorOf(
  found: StoredLease | null,
  { owner, now, lock }: LeaseOptions,
): "gone" | "silent" | LeaseHeld {
  if (found === null) return "gone";
  const { owner: by, isUnderLock, isWaiting, deadline } = found;
  const isOver = by === null || (lock !== null && isUnderLock && by.host === owner.host);
  if (isOver) return isWaiting ? "silent" : "gone";
  const left = deadline - now.wall;
  // A deadline further away than a lease is from before the clock was set back.
  return left > 0 && left <= LEASE_MS ? { kind: "held", by, until: deadline } : "silent";
}

function deadlineAfter({ wall }: LeaseNow): EpochMs {
  return epochMs(wall + LEASE_MS);
}

function isDamaged(error: unknown): boolean {
  return error instanceof LeaseDamagedError || isUnreadable(error);
}
