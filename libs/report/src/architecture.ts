import {
  decodeArchitecture,
  layerMacs,
  layerParameters,
  macsCost,
  type MacroNetwork,
  operationName,
  parametersByCell,
  type Pool,
  stemLayer,
} from '@nse/space';
import type { ArchitectureReport, NetworkReport, Report } from './report.js';

/** The macro network for the report, with what stem and tail cost (MACs of one image, trainable numbers). */
export function networkReport(network: MacroNetwork, pool: Pool): NetworkReport {
  const stem = stemLayer(network);
  const stemCost = { macs: layerMacs(stem), params: layerParameters(stem) };
  const fixed = { macs: macsCost(network, pool).fixed, params: parametersByCell(network, pool).fixed };
  return {
    stem: { ...network.stem, ...stemCost },
    cells: network.cells.map(({ index: _index, ...cell }) => cell),
    tail: {
      channels: network.tailChannels,
      classes: network.classes,
      macs: fixed.macs - stemCost.macs,
      params: fixed.params - stemCost.params,
    },
  };
}

/**
 * An architecture with what it costs, cell by cell.
 * Throws INVALID_ARGUMENT when the code is not one of this network and pool.
 */
export function architectureReport(code: string, network: MacroNetwork, pool: Pool): ArchitectureReport {
  const architecture = decodeArchitecture(code, network, pool);
  const macs = macsCost(network, pool);
  const params = parametersByCell(network, pool);
  return {
    code,
    macs: macs.total(architecture),
    params: params.total(architecture),
    cells: architecture.map((operations, cell) => ({
      operations: [...operations],
      macs: macs.of(cell, operations),
      params: params.of(cell, operations),
    })),
  };
}

/** The network that the chosen architecture and the random one were trained in. */
export function trainedNetwork({ network, scaled }: Pick<Report, 'network' | 'scaled'>): NetworkReport {
  return scaled?.network ?? network;
}

/** The pool for the report: the name of every operation, by index. */
export function poolReport(pool: Pool): Report['pool'] {
  return { name: pool.name, operations: pool.operations.map(operationName) };
}
