import type { StoredTensor } from '@nse/safetensors';
import type { Tensor } from '@tensorflow/tfjs-core';

import { add, dispose, scale } from './arithmetic.js';
import { constantScalar, floats, read } from './tensor.js';
import { Variable } from './variable.js';

export interface SgdSettings {
  readonly momentum: number;
  readonly weightDecay: number;
  /** Whether decay pulls at the weight of this name: not at biases and batch norm. */
  readonly decays: (name: string) => boolean;
}

/** Where the weights are. */
export interface VariableStore {
  variable(name: string): Variable;
}

/**
 * SGD with Nesterov momentum. Only weights with a gradient move: off the sampled path there is neither momentum nor decay
 * (algorithm page, decision 3). Owns the velocities.
 */
export class Sgd {
  readonly #settings: SgdSettings;
  readonly #velocities = new Map<string, Variable>();

  constructor(settings: SgdSettings) {
    this.#settings = settings;
  }

  /** Moves the weights that have a gradient. The gradients stay the caller's. */
  step(store: VariableStore, gradients: Iterable<readonly [string, Tensor]>, learningRate: number): void {
    const rate = floats(Float32Array.of(learningRate), []);
    const momentum = constantScalar(this.#settings.momentum);
    for (const [name, gradient] of gradients) {
      const variable = store.variable(name);
      const pull = this.#withDecay(name, gradient, variable);
      variable.descend(this.#velocity(name, gradient), pull, rate, momentum);
      if (pull !== gradient) pull.dispose();
    }
    rate.dispose();
  }

  /** The velocities, for a checkpoint. */
  state(): Map<string, StoredTensor> {
    return new Map(
      [...this.#velocities].map(([name, velocity]) => {
        const value = velocity.value();
        return [name, { shape: value.shape, data: read(value) }];
      }),
    );
  }

  /** Goes on from a checkpoint's velocities; those of now are forgotten. */
  restore(state: ReadonlyMap<string, StoredTensor>): void {
    this.dispose();
    for (const [name, { shape, data }] of state) {
      this.#velocities.set(name, new Variable(floats(Float32Array.from(data), shape)));
    }
  }

  /** For a weight that leaves the network. */
  forget(name: string): void {
    this.#velocities.get(name)?.dispose();
    this.#velocities.delete(name);
  }

  dispose(): void {
    for (const velocity of this.#velocities.values()) velocity.dispose();
    this.#velocities.clear();
  }

  #velocity(name: string, like: Tensor): Variable {
    let velocity = this.#velocities.get(name);
    if (velocity === undefined) {
      velocity = new Variable(floats(new Float32Array(like.size), like.shape));
      this.#velocities.set(name, velocity);
    }
    return velocity;
  }

  #withDecay(name: string, gradient: Tensor, variable: Variable): Tensor {
    const { weightDecay, decays } = this.#settings;
    if (weightDecay === 0 || !decays(name)) return gradient;
    const decay = scale(variable.value(), weightDecay);
    const pull = add(gradient, decay);
    dispose(decay);
    return pull;
  }
}
