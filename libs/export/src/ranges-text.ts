import { createHash } from 'node:crypto';
import { NseError } from '@nse/space';
import type { Graph } from './graph.js';
import type { ActivationRanges } from './int8-ranges.js';

/** What a ranges' text holds. */
interface StoredRanges {
  /** Of the graph that they were found in. */
  readonly graph: string;
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
}

/** The ranges as JSON, with a mark of the graph that they belong to. */
export function rangesText(graph: Graph, ranges: ActivationRanges): string {
  const stored: StoredRanges = { graph: markOf(graph), ranges: Object.fromEntries(ranges) };
  return JSON.stringify(stored);
}

/**
 * The ranges in such a text. Throws FAILED_PRECONDITION where they were found in another graph, as after a change of how
 * graphs are drawn: with ranges of other values a file of int8 would be wrong without a word.
 */
export function rangesFrom(text: string, graph: Graph): ActivationRanges {
  const stored = storedIn(text);
  if (stored?.graph === markOf(graph)) return new Map(Object.entries(stored.ranges));
  const message =
    'the ranges of activations are not those of this graph: train the architecture again for int8';
  throw new NseError('FAILED_PRECONDITION', message, { field: 'format' });
}

function storedIn(text: string): StoredRanges | undefined {
  try {
    return JSON.parse(text) as StoredRanges;
  } catch {
    // Whatever it is, it holds no ranges of this graph.
    return undefined;
  }
}

function markOf({ nodes }: Graph): string {
  const hash = createHash('sha256');
  for (const node of nodes) {
    hash.update(`${node.kind} ${node.output}\n`);
    if (node.kind !== 'conv' && node.kind !== 'linear') continue;
    for (const { buffer, byteOffset, byteLength } of [node.weight, node.bias]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest('hex');
}
