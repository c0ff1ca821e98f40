import {
  contextGraph,
  type Graph,
  networkGraph,
  onnxFile,
  randomWeights,
  stemGraph,
  tailGraph,
  tfliteFile,
} from '@nse/export';
import type { ModelFormat } from '@nse/devices';
import { type Architecture, type MacroNetwork, type Operation, type PartEntry, type Pool } from '@nse/space';
import type { Pass } from './partial.js';

/** Latency does not depend on what the weights are. */
const SEED = 1;

/**
 * Copies of an operation in the two graphs whose difference is its time: about as many branches as cells have, so that it has the
 * caches to itself no more than in a network.
 */
export const FEW = 1;
export const MANY = 3;

/** Stands beside an addition while that is measured; any cheap operation would do. */
const BESIDE = mbconv(3, 1);

/**
 * Come between the copies, others in each pass. Right after one another, copies would find code and weights in the nearest caches: an
 * operation with hundreds of kilobytes of weights seemed to take a third of what it takes in a network.
 */
const BETWEEN: Readonly<Record<Pass, readonly Operation[]>> = {
  1: [mbconv(5, 6), { kind: 'Rectangular', kernel: 5, expansion: 2 }, mbconv(9, 3)],
  2: [mbconv(3, 3), { kind: 'Rectangular', kernel: 7, expansion: 1 }, mbconv(7, 6)],
};

function mbconv(kernel: number, expansion: number): Operation {
  return { kind: 'MBConv', kernel, expansion, dilation: 1, groups: [1, 1] };
}

/** The network that parts and architectures belong to. */
export interface Networks {
  readonly network: MacroNetwork;
  readonly pool: Pool;
}

/**
 * The graphs that a part is measured by. An operation: a cell with few and one with many copies of it, between others. An
 * addition: a cell without and one with the identity, which is one addition more. Stem and tail: the one graph that has them.
 */
export function graphsOf(entry: PartEntry, { network }: Networks, pass: Pass): readonly Graph[] {
  switch (entry.kind) {
    case 'operation': {
      const identity = entry.stride === 1 && entry.inChannels === entry.outChannels;
      const around = { ...entry, identity, between: BETWEEN[pass], seed: SEED };
      return [FEW, MANY].map((branches) => contextGraph({ ...around, branches }));
    }
    case 'addition': {
      const { channels, size } = entry;
      const cell = { inChannels: channels, outChannels: channels, stride: 1, size, branches: 1 } as const;
      return [false, true].map((identity) =>
        contextGraph({ ...cell, operation: BESIDE, identity, seed: SEED }),
      );
    }
    case 'stem':
      return [stemGraph({ network, activation: entry.activation, seed: SEED })];
    case 'tail':
      return [tailGraph({ network, activation: entry.activation, seed: SEED })];
  }
}

/** A whole network, untrained. */
export function wholeGraph({ network, pool }: Networks, architecture: Architecture): Graph {
  const weights = randomWeights({ network, pool, architecture, seed: SEED });
  return networkGraph({ network, pool, architecture, weights });
}

/** The graph as a file that the device runs. */
export function modelFile(graph: Graph, format: ModelFormat): Uint8Array {
  return format === 'onnx' ? onnxFile(graph) : tfliteFile(graph);
}
