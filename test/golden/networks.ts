import {
  type CellSets,
  type Cost,
  macroNetwork,
  macsCost,
  type NetworkSpec,
  parametersByCell,
  poolNamed,
} from '@nse/space';
import { fromFileLayout, type Labelled, placesOf, type Supernet, supernetOf, Weights } from '@nse/supernet';
import { type StoredTensor } from '@nse/safetensors';
import { dispose, integers } from '@nse/tensor';

import { readGolden } from './golden.js';
import { nudged } from './rounding.js';
import { activations, readGoldenTensors, stored } from './tensors.js';

/** A tiny supernet of `supernet.json`; its weights are in `supernet.safetensors`. */
export interface SupernetCase {
  readonly id: string;
  readonly pool: string;
  readonly plan: NetworkSpec['plan'];
  readonly depths: readonly number[];
  readonly widths: readonly number[];
  readonly scale: number;
  readonly input_size: number;
  readonly classes: number;
  readonly stem_stride: 1 | 2;
  readonly cells: readonly {
    readonly kind: string;
    readonly cin: number;
    readonly cout: number;
    readonly stride: number;
    readonly size_in: number;
    readonly subset: readonly number[];
    readonly op_macs: readonly number[];
    readonly op_params: readonly number[];
  }[];
  readonly stem_and_tail_macs: number;
  readonly path: CellSets;
  readonly loss: number;
  readonly grads_stored: readonly string[];
  readonly grad_l2: Readonly<Record<string, number>>;
  readonly no_gradient: readonly string[];
  readonly sgd_trace: {
    readonly set_to_none: readonly TraceStep[];
    readonly watched: readonly string[];
  } | null;
}

/** One step of the reference's own loop. Sets are in the order of the subset. */
export type TraceStep = {
  readonly iteration: number;
  readonly cross_entropy: number;
  readonly subsets: CellSets;
} & (
  | { readonly step: 'weights'; readonly lr: number; readonly path: CellSets }
  | { readonly step: 'fitness'; readonly A: CellSets; readonly B: CellSets; readonly expected_macs_m: number }
);

export const supernetCases = (readGolden('supernet') as { readonly cases: readonly SupernetCase[] }).cases;
export const supernetTensors = readGoldenTensors('supernet');

/** A case's network, costs as the reference counts them, and weights from the file. */
export interface GoldenNetwork {
  readonly supernet: Supernet;
  readonly subsets: CellSets;
  readonly cost: Cost;
  readonly parameters: ReturnType<typeof parametersByCell>;
  readonly poolSize: number;
}

export function goldenNetwork(golden: SupernetCase): GoldenNetwork {
  const { plan, depths, widths, scale, input_size: imageSize, classes, stem_stride: stemStride } = golden;
  const size = { imageSize, imageChannels: 3, classes, stemStride, tailChannels: 1024 };
  const network = macroNetwork({ plan, depths, widths, scale, ...size });
  const pool = poolNamed(golden.pool);
  return {
    supernet: supernetOf(network, pool),
    subsets: golden.cells.map(({ subset }) => subset),
    // The reference counts stem and tail as at 224 px, whatever the input (golden README, difference 5).
    cost: { ...macsCost(network, pool), fixed: golden.stem_and_tail_macs },
    parameters: parametersByCell(network, pool),
    poolSize: pool.operations.length,
  };
}

export function goldenWeights({ id }: SupernetCase, { supernet, subsets }: GoldenNetwork): Weights {
  const weights = new Weights();
  for (const place of placesOf(supernet, subsets)) {
    const numbers = fromFileLayout(place, stored(supernetTensors, `${id}/before/${place.name}`));
    weights.setNumbers(place.name, numbers, place.shape);
  }
  return weights;
}

/** Runs with a stored batch on the device, its images nudged as the attempt says (`eitherSideOfZero`). */
export function withBatch<T>(
  tensors: ReadonlyMap<string, StoredTensor>,
  names: { readonly images: string; readonly labels: string },
  attempt: number,
  use: (batch: Labelled) => T,
): T {
  const { data, shape } = stored(tensors, names.labels);
  const images = nudged(activations(stored(tensors, names.images)), attempt);
  const labels = integers(Int32Array.from(data), shape);
  try {
    return use({ images, labels });
  } finally {
    dispose(images, labels);
  }
}
