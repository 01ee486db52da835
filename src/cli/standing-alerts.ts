import type { Alert } from "#runtime/session-watch.ts";
import type { DeskStatus } from "#runtime/status.ts";

/** Whether what an alert warned of has passed. The others stay until newer ones take their place. */
export function isPast({ code, text }: Alert, { accounts }: DeskStatus): boolean {
  if (code !== "lossWarned") return false;
  const [, name, percent, rule] =
    /^(.+): ([\d.]+) % of the limit of (\S+) is used$/u.exec(text) ?? [];
  const known = accounts.find(({ accountId }) => accountId === name);
  const used = known?.limits.find((one) => one.rule === rule);
  return used !== undefined && used.used < (used.limit * Number(percent)) / 100;
}
