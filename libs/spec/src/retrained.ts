import { type Pool } from '@nse/space';
import { type SearchSpec } from './spec.js';

/**
 * The pool as retraining uses it: with the squeeze-excitation and the activation that the spec asks for, beside those that an
 * operation has of its own.
 */
export function retrainedPool(
  pool: Pool,
  { squeezeExcitation, activation }: Pick<SearchSpec['retrain'], 'squeezeExcitation' | 'activation'>,
): Pool {
  const operations = pool.operations.map((operation) => ({
    ...operation,
    squeezeExcitation: squeezeExcitation || operation.squeezeExcitation === true,
    activation: operation.activation ?? activation,
  }));
  return { ...pool, operations };
}
