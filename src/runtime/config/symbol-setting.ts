import { INSTRUMENTS, contractOf, instrumentByRoot } from "#core/domain/instrument-catalogue.ts";
import type { Instrument } from "#core/domain/instrument.ts";
import { nearest } from "#core/domain/nearest.ts";
import type { Setting, SettingPath } from "#core/domain/settings.ts";
import { wrongUnless } from "./config-settings.ts";

/** A product root such as MGC, or a contract such as MGCZ25. */
export function symbolSetting(): Setting<Instrument> {
  const expected = "a product root such as MGC, or a contract such as MGCZ25";
  return {
    expected,
    read(raw, path, problems) {
      const instrument = typeof raw === "string" ? instrumentOf(raw) : undefined;
      if (instrument !== undefined) return instrument;
      problems.push({ path, expected, found: JSON.stringify(raw), hint: nearestRoot(raw) });
      return undefined;
    },
  };
}

function instrumentOf(symbol: string): Instrument | undefined {
  const product = instrumentByRoot(symbol);
  if (product !== undefined) return product;
  const [, root = "", expiry = ""] = /^(.+)([FGHJKMNQUVXZ]\d{2})$/u.exec(symbol) ?? [];
  const family = instrumentByRoot(root);
  return family === undefined ? undefined : contractOf(family, expiry);
}

export function unknownRoot(root: string, path: SettingPath) {
  return wrongUnless(instrumentByRoot(root) !== undefined, {
    path,
    expected: "a product root such as MGC",
    found: JSON.stringify(root),
    hint: nearestRoot(root),
  });
}

function nearestRoot(raw: unknown): string | null {
  if (typeof raw !== "string") return null;
  const near = nearest(
    raw,
    INSTRUMENTS.map(({ root }) => root),
  );
  return near === undefined ? null : `did you mean ${near}?`;
}
