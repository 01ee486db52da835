import { instantText } from "#core/domain/instant-text.ts";
import type { EpochMs } from "#core/domain/units.ts";
import type { SessionOutline } from "#runtime/session-plan.ts";
import type { Alert, SessionWatch } from "#runtime/session-watch.ts";
import { type CommandFrame, outPaint } from "./command-frame.ts";
import { factLine, instrumentsOf } from "./fact-lines.ts";
import { alertSentence } from "./sentences.ts";
import { isPast } from "./standing-alerts.ts";
import { LiveScreen, renderView } from "./terminal-view.ts";

/** How a person or a program follows a running session. */
export type Spectator = { readonly watch: SessionWatch; readonly close: () => void };

/**
 * A live screen on a terminal, a line for each event elsewhere, alerts only for a program that waits for the report.
 */
export function spectatorFor(
  frame: CommandFrame,
  plan: SessionOutline,
  { json }: { readonly json: boolean },
): Spectator {
  if (json) return { watch: { onAlert: alertLines(frame) }, close: () => undefined };
  return frame.io.out.isTty ? screenSpectator(frame, plan) : lineSpectator(frame, plan);
}

const ALERTS_KEPT = 3;

function screenSpectator(frame: CommandFrame, plan: SessionOutline): Spectator {
  const { io } = frame;
  const paint = outPaint(frame);
  const screen = new LiveScreen(io.out, io.now);
  let alerts: readonly { readonly alert: Alert; readonly text: string }[] = [];
  return {
    watch: {
      onStatus: (status) => {
        alerts = alerts.filter(({ alert }) => !isPast(alert, status));
        const shown = alerts.map(({ text }) => text);
        const view = { status, config: plan.config, alerts: shown };
        screen.show((size) => renderView(view, size, paint));
      },
      onAlert: (alert, at) => {
        // Before there is anything to show the screen is not there.
        const text = alertText(alert, at);
        if (!screen.isOpen) io.err.write(`${text}\n`);
        alerts = [...alerts, { alert, text }].slice(-ALERTS_KEPT);
      },
    },
    close: () => screen.close(),
  };
}

function lineSpectator(frame: CommandFrame, plan: SessionOutline): Spectator {
  const instruments = instrumentsOf(plan.config.instruments);
  return {
    watch: {
      onFact(fact, at) {
        const line = factLine(fact, at, instruments);
        if (line !== undefined) frame.io.out.write(`${line}\n`);
      },
      onAlert: alertLines(frame),
    },
    close: () => undefined,
  };
}

function alertLines({ io }: CommandFrame): (alert: Alert, at: EpochMs) => void {
  return (alert, at) => io.err.write(`${alertText(alert, at)}\n`);
}

function alertText(alert: Alert, at: EpochMs): string {
  return `${instantText(at)}  ${alert.severity}: ${alertSentence(alert)}`;
}
