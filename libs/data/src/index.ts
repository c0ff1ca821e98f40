export { batches, type BatchSettings, type BatchSource, eachBatch, fixedBatches } from './batches.js';
export { defaultCacheDir } from './cache.js';
export {
  type Augment,
  type AugmentationKind,
  type Batch,
  type Dataset,
  type DatasetSettings,
  type ImageExpectation,
  type Split,
} from './dataset.js';
export { loadDataset, type LoadOptions } from './load.js';
export { type Preparation, preparations } from './preparations.js';
