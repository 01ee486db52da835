import { instantText } from "#core/domain/instant-text.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { Remedy } from "#core/risk/breach.ts";
import type { DeskStatus, Incident } from "#runtime/status.ts";
import { type Instruments, orderText } from "./fact-lines.ts";
import { breachSentence, denialReason } from "./sentences.ts";
import { clockText } from "./time-text.ts";
import { venueReason } from "./venue-reason.ts";

const SHOWN = 6;

/** What the gate denied, the venue refused or withdrew and rules closed, oldest first. */
export function latelySentences(
  { denials, incidents }: DeskStatus,
  instruments: Instruments,
): readonly string[] {
  const told: readonly { readonly at: EpochMs; readonly text: string }[] = [
    ...denials.map(({ at, denial }) => ({ at, text: `denied: ${denialReason(denial)}` })),
    ...incidents.map((incident) => ({
      at: incident.at,
      text: incidentText(incident, instruments),
    })),
  ];
  return told
    .toSorted((a, b) => a.at - b.at)
    .slice(-SHOWN)
    .map(({ at, text }) => `${clockText(at)}  ${text}`);
}

function incidentText(incident: Incident, instruments: Instruments): string {
  switch (incident.kind) {
    case "refused":
    case "withdrawn": {
      const { kind, what, order, reason } = incident;
      const about = `${order.clientOrderId}, ${orderText(order, instruments)}`;
      const why = venueReason(reason, instruments.get(order.instrument));
      // Nobody here has asked for it: the venue did it, or somebody there.
      const whose = kind === "withdrawn" ? "withdrawn at the venue" : kind;
      return `${whose}: ${what === "change" ? "a change of " : ""}${about}: ${why}`;
    }
    case "breach":
      return `${breachSentence(incident.breach)}${remedyText(incident.breach.remedy)}`;
  }
}

function remedyText(remedy: Remedy): string {
  switch (remedy.kind) {
    case "alert":
      return "";
    case "closeExcess":
      return `; ${remedy.qty} ${remedy.instrument} closed`;
    case "closeInstrument":
      return `; ${remedy.instrument} closed`;
    case "flatten":
      return "; everything closed";
    case "flattenAndLock":
      return `; everything closed and locked until ${instantText(remedy.until)}`;
  }
}
