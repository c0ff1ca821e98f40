export { backend, type Backend, type BackendOptions, loadBackend, loadBackendFor } from './backend.js';
export { type Attribute, type Attributes, FLOAT, INT32, kernel, kernels } from './kernel.js';
export {
  constantIntegers,
  constantScalar,
  floats,
  integers,
  liveTensors,
  read,
  readScalar,
  share,
  type Tensor,
} from './tensor.js';
export { add, addAll, biasAdd, dispose, meanOver, multiply, scale, subtract, sumOver } from './arithmetic.js';
export { pad, reshape, reverse, slice } from './arrange.js';
export { matrixProduct, productWithTransposed, transposedProduct } from './matrix.js';
export {
  type Convolution,
  convolution,
  type ConvolutionGeometry,
  type ConvolutionWeight,
} from './convolution.js';
export {
  BATCH_NORM_EPSILON,
  BATCH_NORM_MOMENTUM,
  batchNormEvaluation,
  batchNormGradient,
  type BatchNormTraining,
  batchNormTraining,
  type BatchNormWeights,
} from './batch-norm.js';
export { relu, reluGradient, sigmoid, sigmoidGradient, swish, swishGradient } from './activation.js';
export { globalAverage, globalAverageGradient } from './pool.js';
export { crossEntropy } from './loss.js';
export { type LearningRateSchedule, learningRateAt } from './schedule.js';
export { Sgd, type SgdSettings, type VariableStore } from './sgd.js';
export { Variable } from './variable.js';
