import type { Architecture } from './architecture.js';
import { encodeArchitecture } from './code.js';
import { macsCost, parametersByCell } from './cost.js';
import { type Layer, layersOf } from './layers.js';
import type { Cell, MacroNetwork } from './network.js';
import type { Pool } from './operation.js';
import { operationAt, operationName } from './pool.js';

/** One branch of a cell, spelled out. */
export interface BranchDescription {
  /** Pool index. */
  readonly operation: number;
  readonly name: string;
  readonly layers: readonly Layer[];
}

/** One cell of an architecture, spelled out. Without branches it is the identity. */
export interface CellDescription {
  readonly cell: Cell;
  readonly branches: readonly BranchDescription[];
  readonly macs: number;
  readonly parameters: number;
}

export interface ArchitectureDescription {
  readonly code: string;
  readonly cells: readonly CellDescription[];
  /** Of the whole network, with stem and tail. */
  readonly macs: number;
  readonly parameters: number;
  readonly stemAndTail: { readonly macs: number; readonly parameters: number };
}

/**
 * An architecture cell by cell, with what it costs. Throws NOT_FOUND for an operation that the pool lacks,
 * INVALID_ARGUMENT for a wrong number of cells.
 */
export function describeArchitecture(
  network: MacroNetwork,
  pool: Pool,
  architecture: Architecture,
): ArchitectureDescription {
  const macs = macsCost(network, pool);
  const counts = parametersByCell(network, pool);
  const cells = network.cells.map((cell): CellDescription => {
    const operations = architecture[cell.index] ?? [];
    return {
      cell,
      branches: operations.map((index) => describeBranch(pool, index, cell)),
      macs: macs.of(cell.index, operations),
      parameters: counts.of(cell.index, operations),
    };
  });
  return {
    code: encodeArchitecture(architecture),
    cells,
    macs: macs.total(architecture),
    parameters: counts.total(architecture),
    stemAndTail: { macs: macs.fixed, parameters: counts.fixed },
  };
}

function describeBranch(pool: Pool, index: number, cell: Cell): BranchDescription {
  const operation = operationAt(pool, index);
  const { inChannels, outChannels, stride, sizeIn: size } = cell;
  return {
    operation: index,
    name: operationName(operation),
    layers: layersOf(operation, { inChannels, outChannels, stride, size }),
  };
}
