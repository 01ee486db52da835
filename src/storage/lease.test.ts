import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { epochMs } from "#core/domain/units.ts";
import { acquireInstanceLock, type InstanceLock, type Owner } from "./instance-lock.ts";
import { LeaseDamagedError } from "./lease-file.ts";
import { type Lease, LEASE_MS, type LeaseNow, type LeaseOptions, takeLease } from "./lease.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const DAY = 86_400_000;
const FIRST: Owner = { pid: 101, host: "desk-1", startedAt: epochMs(1_700_000_000_000) };
const SECOND: Owner = { pid: 202, host: "desk-1", startedAt: epochMs(1_700_000_100_000) };

test("the first lease has epoch 1 and holds until its time is over", () => {
  const { take } = leases();

  const lease = taken(take({ now: at(1_000) }));

  expect(lease.epoch).toBe(1);
  expect(lease.owner).toEqual(FIRST);
  expect(lease.heldUntil).toBe(1_000 + LEASE_MS);
  expect(lease.mayAct(1_000)).toBe(true);
  expect(lease.mayAct(1_000 + LEASE_MS - 1)).toBe(true);
  expect(lease.mayAct(1_000 + LEASE_MS)).toBe(false);
});

test("a renewed lease holds on, also when the renewal came late and nobody had taken it", () => {
  const { take } = leases();
  const lease = taken(take({ now: at(0) }));

  expect(lease.renew(at(1_000))).toBe("held");
  expect(lease.mayAct(LEASE_MS)).toBe(true);
  expect(lease.mayAct(1_000 + LEASE_MS)).toBe(false);

  expect(lease.renew(at(60_000))).toBe("held");
  expect(lease.mayAct(60_000 + LEASE_MS - 1)).toBe(true);
});

test("a lease whose owner may be alive is refused until its deadline", () => {
  const { take } = leases();
  const lease = taken(take({ now: at(0) }));
  lease.renew(at(1_000));

  const answer = take({ owner: SECOND, now: at(1_000 + LEASE_MS - 1) });

  const { wall } = at(1_000 + LEASE_MS);
  expect(answer).toEqual({ kind: "held", by: FIRST, until: wall });
  expect(lease.renew(at(2_000))).toBe("held");
});

test("after the deadline the next owner waits a whole lease from its first renewal", () => {
  const { take } = leases();
  taken(take({ now: at(0) }));

  const next = taken(take({ owner: SECOND, now: at(LEASE_MS) }));
  expect(next.epoch).toBe(2);
  expect(next.mayAct(LEASE_MS)).toBe(false);
  for (let now = 6_000; now <= 12_000; now += 1_000) next.renew(at(now));

  expect(next.mayAct(6_000 + LEASE_MS)).toBe(false);
  expect(next.mayAct(6_000 + LEASE_MS + 500)).toBe(true);
});

test("an owner that finds a higher epoch has lost its lease for ever", () => {
  const { take } = leases();
  const lease = taken(take({ now: at(0) }));
  const next = taken(take({ owner: SECOND, now: at(LEASE_MS) }));

  expect(lease.renew(at(LEASE_MS + 1))).toBe("lost");
  expect(lease.mayAct(1)).toBe(false);
  lease.release();
  expect(lease.renew(at(LEASE_MS + 2))).toBe("lost");
  expect(next.renew(at(LEASE_MS + 3))).toBe("held");
});

test("a lease that was given back passes on at once, with a higher epoch", () => {
  const { take } = leases();
  const lease = taken(take({ now: at(0) }));
  lease.release();
  lease.release();

  expect(lease.mayAct(1)).toBe(false);
  const next = taken(take({ owner: SECOND, now: at(1) }));
  expect(next.epoch).toBe(2);
  expect(next.mayAct(1)).toBe(true);
});

test("whoever has the instance lock takes over at once from an owner on this host", () => {
  const { take, lock } = leases();
  const held = lock(FIRST);
  taken(take({ now: at(0), lock: held }));
  held.release();

  const next = taken(take({ owner: SECOND, now: at(1), lock: lock(SECOND) }));

  expect(next.epoch).toBe(2);
  expect(next.mayAct(1)).toBe(true);
});

test("the instance lock proves nothing about an owner on another host, or one without the lock", () => {
  for (const { first, hadLock } of [
    { first: { ...FIRST, host: "desk-2" }, hadLock: true },
    { first: FIRST, hadLock: false },
  ]) {
    const { take, lock } = leases();
    const held = lock(SECOND);
    taken(take({ owner: first, lock: hadLock ? held : null }));

    expect(take({ owner: SECOND, now: at(1), lock: held })).toMatchObject({ by: first });
  }
});

test("whoever follows an owner that still waited has to wait too", () => {
  const { take } = leases();
  taken(take({ now: at(0) }));
  const second = taken(take({ owner: SECOND, now: at(LEASE_MS) }));
  second.release();

  const third = taken(take({ owner: { ...SECOND, pid: 303 }, now: at(LEASE_MS + 1) }));

  expect(third.mayAct(LEASE_MS + 1)).toBe(false);
});

test("a deadline from before the clock was set back does not stand for ever", () => {
  const { take } = leases();
  taken(take({ now: at(0, DAY) }));

  const next = taken(take({ owner: SECOND, now: at(1) }));

  expect(next.epoch).toBe(2);
  expect(next.mayAct(1)).toBe(false);
});

test("epochs rise whoever takes the lease, above those known from elsewhere too", () => {
  const { take, lock } = leases();
  const held = lock(FIRST);

  const epochs = Array.from({ length: 5 }, () => taken(take({ lock: held })).epoch);
  const above = taken(take({ lock: held, epochAbove: 40 })).epoch;
  const below = taken(take({ lock: held, epochAbove: 7 })).epoch;

  expect([...epochs, above, below]).toEqual([1, 2, 3, 4, 5, 41, 42]);
});

test("R2: two that go on from the same old file share no epoch when each takes its own step", () => {
  const { take, lock } = leases();
  const held = lock(FIRST);

  const epochs = [7, 100].map((epochStep) => taken(take({ lock: held, epochStep })).epoch);

  expect(epochs).toEqual([1, 101]);
});

test("R2: a lease is raised above an epoch that only a journal knows, and goes on from there", () => {
  const { take, lock } = leases();
  const held = lock(FIRST);
  const lease = taken(take({ lock: held, epochStep: 3 }));

  lease.raise(0);
  const before = lease.epoch;
  lease.raise(40);
  const after = lease.epoch;

  expect([before, after]).toEqual([1, 43]);
  expect(lease.renew(at(1_000))).toBe("held");
  expect(lease.mayAct(1_000)).toBe(true);
  expect(taken(take({ lock: held })).epoch).toBe(44);
  lease.raise(90);
  expect([lease.epoch, lease.renew(at(2_000))]).toEqual([43, "lost"]);
});

test("a new lease begins where it is told, and rises from there", () => {
  const { take, lock } = leases();
  const held = lock(FIRST);

  const epochs = [900, 5].map((firstEpoch) => taken(take({ lock: held, firstEpoch })).epoch);

  expect(epochs).toEqual([900, 901]);
});

test("a lease that cannot be stored is still held while its epoch stands", () => {
  const { take, path } = leases();
  const lease = taken(take({ now: at(0) }));
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");

  expect(lease.renew(at(4_000))).toBe("held");
  expect(lease.mayAct(8_000)).toBe(true);
  other.close();
});

test("a lease whose file is damaged is not renewed, and not taken", () => {
  const { take, path } = leases();
  const lease = taken(take({ now: at(0) }));
  const other = new DatabaseSync(path);
  other.exec("UPDATE lease SET body = replace(body, '\"epoch\":1', '\"epoch\":0')");
  other.close();

  expect(lease.renew(at(1_000))).toBe("unreadable");
  expect(lease.mayAct(LEASE_MS)).toBe(false);
  expect(() => take({ owner: SECOND, now: at(DAY) })).toThrow(LeaseDamagedError);
  lease.release();
  writeFileSync(path, "something else altogether ".repeat(200));
  expect(() => take({ owner: SECOND, now: at(DAY) })).toThrow(
    `Expected a lease in ${path}, found Error: file is not a database; move the file away and start again`,
  );
});

test("never do two processes act at the same time, whatever the clocks of the day and delays do", () => {
  const step = fc.record({
    who: fc.nat({ max: 2 }),
    does: fc.constantFrom("take", "take", "takeLocked", "renew", "renew", "release", "die"),
    passesMs: fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 2_000 }), fc.nat({ max: 8_000 })),
    delayMs: fc.oneof(fc.constant(0), fc.constant(0), fc.nat({ max: 8_000 })),
    wallMs: fc.oneof(fc.constant(0), fc.constant(DAY), fc.integer({ min: -2 * DAY, max: 2 * DAY })),
  });

  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const { take } = leases();
      const owned = new Map<number, Lease>();
      const lockOf = new Map<string, number>();
      const lastStepAt = new Map<number, number>();
      let monotonicMs = 0;
      for (const { who, does, passesMs, delayMs, wallMs } of steps) {
        // It read its clocks some time ago, after its last step, and others went on meanwhile.
        monotonicMs += passesMs;
        const readAt = Math.max(monotonicMs - delayMs, lastStepAt.get(who) ?? 0);
        lastStepAt.set(who, monotonicMs);
        const now = at(readAt, wallMs);
        const owner = { ...FIRST, pid: who, host: who < 2 ? "desk-1" : "desk-2" };
        if (does === "takeLocked") lockOf.set(owner.host, lockOf.get(owner.host) ?? who);
        const lock = lockOf.get(owner.host) === who ? { owner, release: () => undefined } : null;
        if ((does === "take" || does === "takeLocked") && !owned.has(who)) {
          const answer = take({ owner, now, lock });
          if (answer.kind === "taken") owned.set(who, answer.lease);
        }
        if (does === "renew") owned.get(who)?.renew(now);
        if (does === "release") owned.get(who)?.release();
        if (does === "release" || does === "die") {
          owned.delete(who);
          if (lock !== null) lockOf.delete(owner.host);
        }
        const acting = [...owned.values()].filter((lease) => lease.mayAct(monotonicMs));
        expect(acting.length).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 40 },
  );
});

/** A lease file of its own, with defaults for taking it. */
function leases() {
  const folder = new TemporaryFolder();
  const path = folder.file("lease.db");
  const defaults: LeaseOptions = { path, owner: FIRST, now: at(0), lock: null };
  return {
    path,
    take: (options: Partial<LeaseOptions>) => {
      const answer = takeLease({ ...defaults, ...options });
      if (answer.kind === "taken") onTestFinished(() => answer.lease.release());
      return answer;
    },
    lock: (owner: Owner): InstanceLock => {
      const lock = acquireInstanceLock(folder.file("desk.lock"), owner);
      onTestFinished(() => lock.release());
      return lock;
    },
  };
}

function at(monotonicMs: number, wallAheadMs = 0): LeaseNow {
  return { monotonicMs, wall: epochMs(1_700_000_000_000 + monotonicMs + wallAheadMs) };
}

function taken(answer: ReturnType<typeof takeLease>): Lease {
  if (answer.kind === "taken") return answer.lease;
  throw new Error(`Expected a lease, found it held by ${answer.by.pid}`);
}
