const LEAST_EXPECTED = 10;

/**
 * How far counts of draws lie from their chances, in standard errors of the farthest one. Outcomes too rare
 * to be judged alone are judged together. Chances must name every outcome: one that was drawn without a
 * chance gives Infinity.
 */
export function deviation(drawn: readonly string[], chances: ReadonlyMap<string, number>): number {
  const counts = new Map<string, number>();
  for (const key of drawn) counts.set(key, (counts.get(key) ?? 0) + 1);
  if (drawn.some((key) => (chances.get(key) ?? 0) === 0)) return Infinity;
  const rare = { chance: 0, count: 0 };
  let farthest = 0;
  for (const [key, chance] of chances) {
    const count = counts.get(key) ?? 0;
    if (chance * drawn.length >= LEAST_EXPECTED)
      farthest = Math.max(farthest, errors(count, chance, drawn.length));
    else {
      rare.chance += chance;
      rare.count += count;
    }
  }
  return rare.chance * drawn.length >= LEAST_EXPECTED
    ? Math.max(farthest, errors(rare.count, rare.chance, drawn.length))
    : farthest;
}

function errors(count: number, chance: number, draws: number): number {
  if (chance >= 1) return count === draws ? 0 : Infinity;
  return Math.abs(count - draws * chance) / Math.sqrt(draws * chance * (1 - chance));
}
