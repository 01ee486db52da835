import { expect, test } from "vitest";
import type { Alert } from "#runtime/session-watch.ts";
import { aBusyStatus } from "./cli-scenario.ts";
import { isPast } from "./standing-alerts.ts";

/** 126.74 of 500 are used. */
const STATUS = aBusyStatus();

test.each<[string, string, boolean]>([
  ["lossWarned", "PRACTICE-1: 50 % of the limit of RULE-003 is used", true],
  ["lossWarned", "PRACTICE-1: 25 % of the limit of RULE-003 is used", false],
  ["lossWarned", "OTHER: 50 % of the limit of RULE-003 is used", false],
  ["linkDown", "No entries: no route", false],
])("%s, %s, is past: %s", (code, text, past) => {
  const alert: Alert = { kind: "alert", severity: "warning", code, text };

  expect(isPast(alert, STATUS)).toBe(past);
});
