const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/**
 * How long to wait before the next attempt after `failures` in a row: twice as long each time up to five seconds,
 * and somewhere in the upper half of that, so that several do not come back at once. `random` is from 0 up to 1.
 */
export function backoffMs(failures: number, random: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(longest * (0.5 + random / 2));
}
