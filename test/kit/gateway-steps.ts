import { eventually } from "./eventually.ts";
import type { JsonObject } from "./gateway-client.ts";
import { RawHub } from "./raw-hub.ts";

export type Marker = {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly step: number;
  readonly ended: boolean;
};

/** The client that a gateway in lockstep waits for: it lets time pass when the test says so, and not before. */
export class GatewaySteps {
  readonly hub: RawHub;

  constructor(hub: RawHub) {
    this.hub = hub;
  }

  static async open(url: string, token: string): Promise<GatewaySteps> {
    const hub = await RawHub.open(url, "market", token);
    await hub.call("SubscribePracticeTime");
    const steps = new GatewaySteps(hub);
    await eventually("the first marker", () => steps.markers().length > 0);
    return steps;
  }

  markers(): readonly Marker[] {
    return this.hub.events("PracticeTime").map(([marker]) => {
      const { now, step, ended } = marker as JsonObject;
      const at = Temporal.Instant.from(now as string).epochMilliseconds;
      return { at, step: step as number, ended: ended as boolean };
    });
  }

  get last(): Marker {
    const marker = this.markers().at(-1);
    if (marker === undefined) throw new Error("No marker was told");
    return marker;
  }

  /** Settles the last step and waits for the next one. */
  async next(wakeAt: number | null = null): Promise<Marker> {
    const { step } = this.last;
    this.settle(step, wakeAt);
    await eventually(`step ${step + 1}`, () => this.last.step > step);
    return this.last;
  }

  settle(step: number, wakeAt: number | null = null): void {
    const wake = wakeAt === null ? null : Temporal.Instant.fromEpochMilliseconds(wakeAt).toString();
    this.hub.say({ type: 1, target: "PracticeSettled", arguments: [step, wake] });
  }

  /** Lets everything up to an instant happen. */
  async playTo(at: number): Promise<void> {
    while (this.last.at < at) await this.next(at);
  }
}
