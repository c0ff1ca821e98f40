import type { Dataset } from '@nse/data';
import {
  type Architecture,
  describeArchitecture,
  encodeArchitecture,
  type MacroNetwork,
  type Pool,
} from '@nse/space';
import type { SearchSpec } from '@nse/spec';

/** The pool as retraining uses it: with the squeeze-excitation and the activation that the spec asks for. */
export function retrainedPool(pool: Pool, { squeezeExcitation, activation }: SearchSpec['retrain']): Pool {
  const operations = pool.operations.map((operation) => ({ ...operation, squeezeExcitation, activation }));
  return { ...pool, operations };
}

/** architecture.json: all that is needed to build the network that the weights belong to. Sizes in pixels. */
export function describeModel(
  spec: SearchSpec,
  network: MacroNetwork,
  pool: Pool,
  architecture: Architecture,
  dataset: Dataset,
  testAccuracy: number,
): Record<string, unknown> {
  const { cells, macs, parameters } = describeArchitecture(
    network,
    retrainedPool(pool, spec.retrain),
    architecture,
  );
  const { squeezeExcitation, activation } = spec.retrain;
  return {
    code: encodeArchitecture(architecture),
    pool: pool.name,
    network,
    options: { squeezeExcitation, activation },
    macs,
    params: parameters,
    cells,
    dataset: {
      kind: spec.dataset.kind,
      classes: dataset.classes,
      imageSize: dataset.imageSize,
      channels: dataset.channels,
      train: dataset.train.count,
      heldOut: dataset.heldOut.count,
      test: dataset.test.count,
      split: dataset.origin,
    },
    testAccuracy,
  };
}
