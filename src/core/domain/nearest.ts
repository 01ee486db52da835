/** The nearest of some known words, close enough to be a typing error: a third of its letters may be wrong. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const reach = Math.ceil(word.length / 3);
  const ranked = known
    .map((candidate) => ({
      candidate,
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ distance }) => distance <= reach)
    .toSorted((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** Levenshtein's distance; the words are keys, so a row of their lengths is small. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(a).entries()) {
    let diagonal = index;
    let left = index + 1;
    row = row.map((above, column) => {
      if (column === 0) return left;
      const swap = diagonal + (b[column - 1] === letter ? 0 : 1);
      diagonal = above;
      left = Math.min(swap, above + 1, left + 1);
      return left;
    });
  }
  return row[b.length] ?? 0;
}
