/**
 * What became of a request. `refused`: the venue answered and did not do it. `notSent`: it cannot have reached the
 * part of the venue that acts. `unknown`: it may have been done; only asking tells (R3).
 */
export type Outcome<T> =
  | { readonly kind: "confirmed"; readonly value: T }
  | Refused
  | { readonly kind: "notSent"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

/** `code` is the endpoint's own error code, or an HTTP status where that says it all. */
export type Refused = {
  readonly kind: "refused";
  readonly endpoint: string;
  readonly code: number;
  readonly text: string;
};

/** Why it is not confirmed, in the venue's words where it had any. */
export function reasonOf(outcome: Exclude<Outcome<unknown>, { kind: "confirmed" }>): string {
  return outcome.kind === "refused" ? outcome.text : outcome.reason;
}
