/** Beyond this our clock cannot say what is old and what is new. */
export const SKEW_MOST_MS = 1_000;

/** What is wrong with our clock, which is `skewMs` ahead of the venue's; null where nothing is. */
export function skewProblem(skewMs: number): string | null {
  if (Math.abs(skewMs) <= SKEW_MOST_MS) return null;
  const side = skewMs > 0 ? "ahead of" : "behind";
  return (
    `our clock is ${Math.abs(skewMs)} ms ${side} the venue's, where ${SKEW_MOST_MS} ms are the most; ` +
    "set it right, and entries are taken again"
  );
}
