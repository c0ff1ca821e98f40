import type { Tensor } from '@tensorflow/tfjs-core';

import { FLOAT, kernel, kernels } from './kernel.js';

const VALUE = { dtype: FLOAT };
const NESTEROV = { T: FLOAT, use_locking: false, use_nesterov: true };
/** TensorFlow's own mark of a variable that nobody else can look up, and that goes with its last handle. */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/** A weight inside TensorFlow, which optimisers change in place. Owns its numbers. */
export class Variable {
  readonly #handle: Tensor;
  #value: Tensor | undefined;

  /** Takes the tensor over. */
  constructor(initial: Tensor) {
    const place = { ...VALUE, shape: { shape: initial.shape }, shared_name: ANONYMOUS, container: '' };
    this.#handle = kernel('VarHandleOp', place, []);
    this.assign(initial);
  }

  /** The numbers as they are now. The tensor stays the variable's, and is gone after the next change. */
  value(): Tensor {
    this.#value ??= kernel('ReadVariableOp', VALUE, [this.#handle]);
    return this.#value;
  }

  /** Takes the tensor over. */
  assign(tensor: Tensor): void {
    this.#release();
    kernels('AssignVariableOp', VALUE, [this.#handle, tensor], 0);
    tensor.dispose();
  }

  /**
   * One step of SGD with Nesterov momentum, as PyTorch's: velocity = momentum * velocity + gradient,
   * weight -= rate * (gradient + momentum * velocity). `rate` and `momentum` are scalars; all inputs stay the caller's.
   */
  descend(velocity: Variable, gradient: Tensor, rate: Tensor, momentum: Tensor): void {
    this.#release();
    velocity.#release();
    const inputs = [this.#handle, velocity.#handle, rate, gradient, momentum];
    kernels('ResourceApplyMomentum', NESTEROV, inputs, 0);
  }

  dispose(): void {
    this.#release();
    this.#handle.dispose();
  }

  /** A value that is still out would make TensorFlow copy the weight before it changes it. */
  #release(): void {
    this.#value?.dispose();
    this.#value = undefined;
  }
}
