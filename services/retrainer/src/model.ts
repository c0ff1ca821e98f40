import type { Dataset } from '@nse/data';
import type { ModelFacts, Normalisation } from '@nse/export';
import {
  type Architecture,
  describeArchitecture,
  encodeArchitecture,
  type MacroNetwork,
  type Pool,
} from '@nse/space';
import { poolChoiceOf, retrainedPool, type SearchSpec } from '@nse/spec';
import { version } from './version.js';

/** Which architecture, and what for. */
export interface Described {
  /** Absent where the architecture belongs to none. */
  readonly search?: string;
  readonly spec: SearchSpec;
  readonly network: MacroNetwork;
  /** The spec's, as in codes. */
  readonly pool: Pool;
  readonly architecture: Architecture;
}

/** What training adds. */
export interface Measured {
  readonly dataset: Dataset;
  readonly normalisation: Normalisation;
  readonly testAccuracy: number;
}

/** architecture.json: all that is needed to build the network that the weights belong to. Sizes in pixels. */
export function describeModel(described: Described, measured?: Measured): Record<string, unknown> {
  const { search, spec, network, pool, architecture } = described;
  const asRetrained = retrainedPool(pool, spec.retrain);
  const { cells, macs, parameters } = describeArchitecture(network, asRetrained, architecture);
  const { squeezeExcitation, activation } = spec.retrain;
  return {
    ...(search === undefined ? {} : { search }),
    code: encodeArchitecture(architecture),
    ...poolChoiceOf(spec),
    network,
    options: { squeezeExcitation, activation },
    macs,
    params: parameters,
    cells,
    trained: measured !== undefined,
    ...(measured === undefined ? {} : describeMeasured(spec, measured)),
    producer: `nse ${version()}`,
  };
}

function describeMeasured(spec: SearchSpec, { dataset, normalisation, testAccuracy }: Measured) {
  return {
    dataset: {
      kind: spec.dataset.kind,
      classes: dataset.classes,
      imageSize: dataset.imageSize,
      channels: dataset.channels,
      normalisation,
      train: dataset.train.count,
      heldOut: dataset.heldOut.count,
      test: dataset.test.count,
      split: dataset.origin,
    },
    testAccuracy,
  };
}

/** What exported files say of the architecture. */
export function factsOf(described: Described, measured?: Measured): ModelFacts {
  const { search, spec, network, pool, architecture } = described;
  const { macs, parameters } = describeArchitecture(network, retrainedPool(pool, spec.retrain), architecture);
  const { squeezeExcitation, activation } = spec.retrain;
  return {
    ...(search === undefined ? {} : { search }),
    code: encodeArchitecture(architecture),
    pool: pool.name,
    activation,
    squeezeExcitation,
    macs,
    params: parameters,
    ...(measured && {
      labels: measured.dataset.classes,
      normalisation: measured.normalisation,
      testAccuracy: measured.testAccuracy,
    }),
    version: version(),
  };
}
