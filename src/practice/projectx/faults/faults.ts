import type { Clock } from "#ports/clock.ts";
import type { Fault, FaultKind, FaultOf, HubName } from "./fault.ts";

/** What a request or an event is, to find the faults that are meant for it. */
export type FaultTarget = {
  readonly operation?: string;
  readonly hub?: HubName;
  readonly event?: string;
};

type Active = { readonly fault: Fault; left: number | null; readonly endsMs: number | null };

/** The faults that are switched on. */
export class Faults {
  readonly #clock: Pick<Clock, "monotonicMs">;
  #active: Active[] = [];

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Switches a fault on, or off everything of its kind. */
  set(fault: Fault): void {
    if (!fault.on) {
      this.#active = this.#active.filter((one) => one.fault.kind !== fault.kind);
      return;
    }
    const { count, durationMs } = fault;
    const endsMs = durationMs === null ? null : this.#clock.monotonicMs() + durationMs;
    this.#active.push({ fault, left: count, endsMs });
  }

  clear(): void {
    this.#active = [];
  }

  list(): readonly Fault[] {
    this.#dropEnded();
    return this.#active.map(({ fault }) => fault);
  }

  /** The fault of a kind that hits this target, counted as one hit; undefined when none does. */
  take<K extends FaultKind>(kind: K, target: FaultTarget): FaultOf<K> | undefined {
    if (this.#active.length === 0) return undefined;
    this.#dropEnded();
    const found = this.#active.find(({ fault }) => fault.kind === kind && isMeant(fault, target));
    if (found === undefined) return undefined;
    if (found.left !== null) found.left -= 1;
    return found.fault as FaultOf<K>;
  }

  /** `take` for a kind that comes in two variants. */
  takeWhen(
    kind: "serverError" | "badGateway",
    target: FaultTarget,
    when: "before" | "after",
  ): boolean {
    if (this.#active.length === 0) return false;
    this.#dropEnded();
    const found = this.#active.find(
      ({ fault }) => fault.kind === kind && fault.when === when && isMeant(fault, target),
    );
    if (found?.left !== undefined && found.left !== null) found.left -= 1;
    return found !== undefined;
  }

  /** Whether a fault hits this target, without counting it as a hit. */
  holds(kind: FaultKind, target: FaultTarget): boolean {
    if (this.#active.length === 0) return false;
    this.#dropEnded();
    return this.#active.some(({ fault }) => fault.kind === kind && isMeant(fault, target));
  }

  #dropEnded(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#active = this.#active.filter(
      ({ left, endsMs }) => left !== 0 && (endsMs === null || nowMs < endsMs),
    );
  }
}

function isMeant(fault: Fault, { operation, hub, event }: FaultTarget): boolean {
  return isSame(fault.operation, operation) && isSame(fault.hub, hub) && isSame(fault.event, event);
}

function isSame(wanted: string | null, found: string | undefined): boolean {
  return wanted === null || wanted.toLowerCase() === found?.toLowerCase();
}
