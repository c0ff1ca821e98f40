import type { Graph } from '@nse/export';
import { type Architecture, layerParameters, layersOf, type PartEntry, trustArchitectures } from '@nse/space';
import type { TrustOptions } from './build-table.js';
import { type Networks, wholeGraph } from './models.js';
import type { Pass } from './partial.js';

/** Three copies of an operation with more weights than these are more than the caches of most processors hold. */
const HEAVY_BYTES = 1_000_000;

/** In how many networks such an operation is measured in each pass. */
const NETWORKS = 3;

/** Of so many that are drawn, those are taken that the operation can be added to. */
const DRAWN = 60;

/**
 * Pairs of whole random networks, without and with the operation as one more branch. What caches hold of an operation's weights
 * depends on the rest of its network: side by side with copies of itself, one with many weights seems to take up to half as
 * long again. Undefined where the operation has few weights, or where no network is found.
 */
export function graphsInNetworks(
  entry: PartEntry & { readonly kind: 'operation' },
  { network, pool, trust }: Networks & { readonly trust: TrustOptions },
  pass: Pass,
): readonly Graph[] | undefined {
  const bytes = 4 * layersOf(entry.operation, entry).reduce((sum, layer) => sum + layerParameters(layer), 0);
  if (bytes < HEAVY_BYTES) return undefined;
  const name = JSON.stringify(entry.operation);
  const operation = pool.operations.findIndex((candidate) => JSON.stringify(candidate) === name);
  const cell = network.cells.findIndex(
    ({ inChannels, outChannels, stride, sizeIn }) =>
      [inChannels, outChannels, stride, sizeIn].join() ===
      [entry.inChannels, entry.outChannels, entry.stride, entry.size].join(),
  );
  const { subsetSize, method, seed } = trust;
  const fitting = trustArchitectures({ network, pool, subsetSize, method, seed, number: DRAWN }).filter(
    (architecture) => isRoomFor(operation, architecture[cell] ?? []),
  );
  const further = pass === 1 ? [] : fitting.slice(NETWORKS, 2 * NETWORKS);
  const found = further.length > 0 ? further : fitting.slice(0, NETWORKS);
  if (operation < 0 || cell < 0 || found.length === 0) return undefined;
  return found.flatMap((architecture) => [
    wholeGraph({ network, pool }, architecture),
    wholeGraph({ network, pool }, withOperation(architecture, cell, operation)),
  ]);
}

/** A first branch would come without an addition, where there is no identity. */
const isRoomFor = (operation: number, branches: readonly number[]) =>
  branches.length > 0 && !branches.includes(operation);

const withOperation = (architecture: Architecture, cell: number, operation: number): Architecture =>
  architecture.map((branches, index) =>
    index === cell ? [...branches, operation].sort((a, b) => a - b) : branches,
  );
