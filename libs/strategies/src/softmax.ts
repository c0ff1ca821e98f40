/** Probabilities of these logits, without overflow. */
export function softmax(logits: ArrayLike<number>): number[] {
  const row = Array.from(logits);
  const highest = Math.max(...row);
  const parts = row.map((logit) => Math.exp(logit - highest));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}
