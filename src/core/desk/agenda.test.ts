import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountId, clientOrderId } from "#core/domain/ids.ts";
import { epochMs } from "#core/domain/units.ts";
import { Agenda, type Task } from "./agenda.ts";

const LOCKOUTS: Task = { kind: "lockouts" };
const QUEUE: Task = { kind: "queue" };

describe("the agenda", () => {
  test("of nothing is never due", () => {
    const agenda = new Agenda();

    expect(agenda.dueAt).toBe(Number.POSITIVE_INFINITY);
    expect(agenda.takeDue(epochMs(Number.MAX_SAFE_INTEGER))).toBeUndefined();
  });

  test("hands out what is due, the earliest first, and at one instant what was set first", () => {
    const agenda = agendaOf(
      [QUEUE, 20],
      [LOCKOUTS, 10],
      [orderTask("B"), 10],
      [orderTask("A"), 10],
    );

    expect(agenda.dueAt).toBe(10);
    expect(drain(agenda, 10)).toEqual([LOCKOUTS, orderTask("B"), orderTask("A")]);
    expect(agenda.dueAt).toBe(20);
    expect(drain(agenda, 19)).toEqual([]);
    expect(drain(agenda, 20)).toEqual([QUEUE]);
    expect(agenda.dueAt).toBe(Number.POSITIVE_INFINITY);
  });

  test("keeps one deadline per subject, the one that was set last", () => {
    const agenda = agendaOf([QUEUE, 10], [QUEUE, 30]);

    expect(agenda.dueAt).toBe(30);
    expect(drain(agenda, 30)).toEqual([QUEUE]);
  });

  test.each([
    { known: 10, asked: 20, dueAt: 10 },
    { known: 10, asked: 5, dueAt: 5 },
  ])("moves a deadline at $known only forward when asked for $asked", ({ known, asked, dueAt }) => {
    const agenda = agendaOf([QUEUE, known]);

    agenda.setEarlier(QUEUE, epochMs(asked));

    expect(agenda.dueAt).toBe(dueAt);
  });

  test("takes an earlier deadline for a subject that had none", () => {
    const agenda = new Agenda();

    agenda.setEarlier(QUEUE, epochMs(7));

    expect(agenda.dueAt).toBe(7);
  });

  test("forgets what was dropped and ignores what it never knew", () => {
    const agenda = agendaOf([QUEUE, 10], [LOCKOUTS, 20]);

    agenda.drop(orderTask("A"));
    agenda.drop(QUEUE);

    expect(agenda.dueAt).toBe(20);
    expect(drain(agenda, 99)).toEqual([LOCKOUTS]);
  });

  test("tells accounts and orders apart, and each kind of look at an account", () => {
    const account = accountId("A");
    const other = accountId("B");
    const tasks: readonly Task[] = [
      { kind: "account", accountId: account },
      { kind: "enforcement", accountId: account },
      { kind: "snapshot", accountId: account },
      { kind: "snapshot", accountId: other },
      orderTask("A"),
      orderTask("B"),
      QUEUE,
      LOCKOUTS,
    ];

    const agenda = agendaOf(...tasks.map((task): [Task, number] => [task, 1]));

    expect(drain(agenda, 1)).toEqual(tasks);
  });
});

test("whatever was set, moved and dropped comes out in order of its deadline", () => {
  const aStep = fc.record({
    task: fc.constantFrom(QUEUE, LOCKOUTS, orderTask("A"), orderTask("B")),
    at: fc.option(fc.nat(5), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(aStep), (steps) => {
      const agenda = new Agenda();
      const model = new Map<string, number>();
      for (const { task, at } of steps) {
        if (at === null) {
          agenda.drop(task);
          model.delete(JSON.stringify(task));
        } else {
          agenda.set(task, epochMs(at));
          model.set(JSON.stringify(task), at);
        }
        expect(agenda.dueAt).toBe(Math.min(Number.POSITIVE_INFINITY, ...model.values()));
      }

      const taken = drain(agenda, 5).map((task) => model.get(JSON.stringify(task)));

      expect(taken).toEqual([...model.values()].toSorted((a, b) => a - b));
    }),
  );
});

function orderTask(id: string): Task {
  return { kind: "order", clientOrderId: clientOrderId(id) };
}

function agendaOf(...entries: readonly (readonly [Task, number])[]): Agenda {
  const agenda = new Agenda();
  for (const [task, at] of entries) agenda.set(task, epochMs(at));
  return agenda;
}

function drain(agenda: Agenda, now: number): readonly Task[] {
  const tasks: Task[] = [];
  for (let task = agenda.takeDue(epochMs(now)); task !== undefined;) {
    tasks.push(task);
    task = agenda.takeDue(epochMs(now));
  }
  return tasks;
}
