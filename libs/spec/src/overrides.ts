import { NseError } from '@nse/space';
import { datasetFacts, type DatasetKind, datasetKinds } from './dataset.js';
import { type SpecInput } from './schema.js';

/** What a command line changes of a spec; values are checked by `parseSpec` afterwards. */
export interface SpecOverrides {
  readonly name?: string | undefined;
  readonly seed?: number | undefined;
  readonly rounds?: number | undefined;
  readonly method?: string | undefined;
  readonly dataset?: string | undefined;
  /** Folder of the data set's own files. */
  readonly dataPath?: string | undefined;
  /** Scoring processes. */
  readonly workers?: number | undefined;
}

/**
 * A spec as written, with some fields set anew. Changing the data set fits image size, channels and augmentation
 * to it, and scales a MACs budget by the number of pixels, so that it bites as before.
 * Raises INVALID_ARGUMENT for an unknown data set.
 */
export function withOverrides(spec: SpecInput, overrides: SpecOverrides): unknown {
  const { name, seed, rounds, method, dataset, dataPath, workers } = overrides;
  const base = dataset === undefined || dataset === spec.dataset.kind ? spec : onDataset(spec, dataset);
  return {
    ...base,
    ...(name === undefined ? {} : { name }),
    ...(seed === undefined ? {} : { seed }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(method === undefined ? {} : { method }),
    ...(dataPath === undefined ? {} : { dataset: { ...base.dataset, path: dataPath } }),
    ...(workers === undefined ? {} : { evaluate: { ...base.evaluate, workers } }),
  };
}

function onDataset(spec: SpecInput, name: string): SpecInput {
  const kind = datasetKinds.find((known) => known === name);
  if (kind === undefined) {
    const message = `got ${JSON.stringify(name)}; needs one of ${datasetKinds.join(', ')}`;
    throw new NseError('INVALID_ARGUMENT', `dataset: ${message}`, { field: 'dataset.kind' });
  }
  const { imageSize } = spec.network;
  const pixels = (sizeOf(kind, imageSize) / sizeOf(spec.dataset.kind, imageSize)) ** 2;
  // What is left undefined takes the new data set's default.
  return {
    ...spec,
    dataset: { ...spec.dataset, kind, path: undefined },
    network: {
      ...spec.network,
      imageSize: kind === 'folder' ? imageSize : undefined,
      imageChannels: undefined,
      classes: undefined,
    },
    constraint: scaledBudget(spec.constraint, pixels),
    train: { ...spec.train, augment: undefined },
    retrain: { ...spec.retrain, augment: undefined },
  };
}

function sizeOf(kind: DatasetKind, written: number | undefined): number {
  return datasetFacts[kind].imageSize ?? written ?? 224;
}

function scaledBudget({ macs, ...rest }: SpecInput['constraint'], factor: number): SpecInput['constraint'] {
  if (macs === undefined) return rest;
  // Five significant digits: the target is a plain number that a person reads.
  const scaled = (value: number) => Number((value * factor).toPrecision(5));
  return { ...rest, macs: { target: scaled(macs.target), drift: scaled(macs.drift) } };
}
