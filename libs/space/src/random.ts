/** A source of randomness, always derived from a seed and counters, never from the clock. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [0, limit). */
  below(limit: number): number;
}
