import { Buffer } from "node:buffer";
import type { EpochMs } from "#core/domain/units.ts";
import { parseJson } from "./read-answer.ts";

/** A session at the venue. */
export type Token = {
  readonly text: string;
  readonly obtainedAt: EpochMs;
  readonly expiresAt: EpochMs;
};

/** How long a token whose end cannot be read is trusted. */
const UNREADABLE_MS = 3_600_000;

export function tokenOf(text: string, obtainedAt: EpochMs): Token {
  const expiresAt = expiryOf(text) ?? ((obtainedAt + UNREADABLE_MS) as EpochMs);
  return { text, obtainedAt, expiresAt };
}

/** Half way through its life a token is renewed, and never later than after half a day. */
export function renewAt({ obtainedAt, expiresAt }: Token): number {
  return obtainedAt + Math.min(43_200_000, (expiresAt - obtainedAt) / 2);
}

/** `exp` of a JSON web token, which counts seconds. The signature is the venue's business. */
function expiryOf(text: string): EpochMs | undefined {
  const [, payload = ""] = text.split(".");
  const claims = parseJson(Buffer.from(payload, "base64url").toString("utf8"));
  if (typeof claims !== "object" || claims === null || !("exp" in claims)) return undefined;
  const { exp } = claims;
  return typeof exp === "number" && Number.isFinite(exp) ? ((exp * 1_000) as EpochMs) : undefined;
}
