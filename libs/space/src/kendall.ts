/**
 * Kendall's tau-b: concordant less discordant pairs over the geometric mean of the pairs that are not tied in either list; NaN
 * where all are tied in one of them.
 */
export function kendall(xs: readonly number[], ys: readonly number[]): number {
  let [agreeing, untiedX, untiedY] = [0, 0, 0];
  xs.forEach((x, place) => {
    for (let other = place + 1; other < xs.length; other++) {
      const dx = Math.sign(x - (xs[other] ?? x));
      const dy = Math.sign((ys[place] ?? 0) - (ys[other] ?? 0));
      agreeing += dx * dy;
      untiedX += dx * dx;
      untiedY += dy * dy;
    }
  });
  return agreeing / Math.sqrt(untiedX * untiedY);
}
