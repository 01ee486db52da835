import { z } from "zod";
import type { EpochMs } from "#core/domain/units.ts";

// The plain values of the wire format. Members that nobody knows are passed over everywhere; null and a missing
// member mean the same: null.

/** Whole numbers up to 2^53, sometimes sent as text; a text from here on. A number beyond is unreadable, not rounded. */
export const wireId = z.union([z.int(), z.string().regex(/^\d{1,19}$/u)]).transform(String);

/** An instant; without an offset it is UTC. Fractions of a millisecond are cut off, as REST cuts what streams show. */
export const instant = z.string().transform((text, context): EpochMs => {
  const hasOffset = /(?:[Zz]|[+-]\d{2}:?\d{2})$/u.test(text);
  try {
    const at = Temporal.Instant.from(hasOffset ? text : `${text}Z`).epochMilliseconds;
    return Math.floor(at) as EpochMs;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.addIssue({ code: "custom", message: `expected an instant, found ${text}` });
    return z.NEVER;
  }
});

export const count = z.int().min(0);

export function orAbsent<T extends z.ZodType>(value: T) {
  return value.nullish().transform((found) => found ?? null);
}

/** What was wrong, in one line for a person. */
export function problemOf(error: z.ZodError): string {
  const [first] = error.issues;
  if (first === undefined) return "unreadable";
  const path = first.path.map(String).join(".");
  return path === "" ? first.message : `${path}: ${first.message}`;
}
