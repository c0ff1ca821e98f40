import { centreShare } from './crop.js';
import type { DatasetSettings } from './dataset.js';
import { type Normalisation, normalisations } from './normalise.js';

/** What is done to an image before a network sees it, for those who run one elsewhere. */
export interface Preparation extends Normalisation {
  /** The part of the shorter side that is looked at, in the middle; absent where it is the whole image. */
  readonly centreShare?: number;
}

/** Per data set, as for its test images. */
export const preparations: Readonly<Record<DatasetSettings['kind'], Preparation>> = {
  ...normalisations,
  folder: { ...normalisations.folder, centreShare },
};
