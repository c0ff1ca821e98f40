import { NseError } from '@nse/space';
import { readSafetensors, type StoredTensor, writeSafetensors } from '@nse/safetensors';
import { type Sgd } from '@nse/tensor';

import type { WeightPlace } from './weight-place.js';
import type { Weights } from './weights.js';
import { toFileLayout } from './weights-file.js';

const VELOCITY = 'velocity/';
const STATE = 'state';

/**
 * A checkpoint: one safetensors file with the weights as `encodeWeights` writes them, the optimiser's velocities under
 * `velocity/<name>` in the engine's layout, and the rest as JSON in the metadata, where doubles stay exact.
 */
export function encodeCheckpoint(
  weights: Weights,
  places: readonly WeightPlace[],
  sgd: Sgd,
  state: object,
): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  for (const place of places) tensors.set(place.name, toFileLayout(place, weights.numbers(place.name)));
  for (const [name, velocity] of sgd.state()) tensors.set(VELOCITY + name, velocity);
  return writeSafetensors(tensors, { [STATE]: JSON.stringify(state) });
}

/**
 * The state and the velocities of a checkpoint; its weights are read by `decodeWeights`, once the state says which there
 * are. The state is as it was given: a checkpoint comes from the same run. Throws INVALID_ARGUMENT for another file.
 */
export function decodeCheckpoint(file: Uint8Array): {
  readonly state: unknown;
  readonly velocities: ReadonlyMap<string, StoredTensor>;
} {
  const { tensors, metadata } = readSafetensors(file);
  const text = metadata[STATE];
  if (text === undefined) throw new NseError('INVALID_ARGUMENT', 'not a checkpoint: it has no state');
  const velocities = [...tensors]
    .filter(([name]) => name.startsWith(VELOCITY))
    .map(([name, velocity]) => [name.slice(VELOCITY.length), velocity] as const);
  return { state: JSON.parse(text), velocities: new Map(velocities) };
}
