import type { CellSets, MacroNetwork, Pool } from '@nse/space';
import type { BatchSource, CurvePoint, TrainSettings } from '@nse/supernet';

/** What every supernet of these methods is trained by. */
export interface SharedInput {
  readonly network: MacroNetwork;
  readonly pool: Pool;
  /** Per cell, the operations to choose from: `wholePool`, or what is left of it. */
  readonly subsets: CellSets;
  readonly train: TrainSettings;
  readonly seed: number;
}

/** For methods that train weights only. */
export interface WeightData {
  readonly train: BatchSource;
}

/** For methods that learn the architecture by gradient too. */
export interface BilevelData extends WeightData {
  readonly heldOut: BatchSource;
}

/** A trained supernet; `evaluateArchitectures` scores paths on it. */
export interface SharedResult {
  /** Safetensors: the whole supernet over the subsets. */
  readonly weights: Uint8Array;
  readonly subsets: CellSets;
  readonly curve: readonly CurvePoint[];
}
