export { Alphas, type AlphasState, throughSoftmax } from './alphas.js';
export { type AlphaResult, type DartsInput, trainDarts } from './darts.js';
export { dropChance, droppedPath, type OneShotInput, trainOneShot } from './one-shot.js';
export { type ProxylessInput, trainProxyless } from './proxyless.js';
export type { BilevelData, SharedInput, SharedResult, WeightData } from './settings.js';
export { type ShrinkStageInput, trainShrinkStage } from './shrink-training.js';
export { trainSpos, uniformPath } from './spos.js';
