import { NseError } from '@nse/space';
import { dispose, floats, read, type Tensor } from '@nse/tensor';

export { Gradients } from './gradients.js';
export { Statistics } from './statistics.js';

/** All weights and running statistics of a network, by name. Owns its tensors. */
export class Weights {
  readonly #tensors = new Map<string, Tensor>();

  /** The tensor stays the store's. Throws NOT_FOUND for a name that it does not hold. */
  get(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new NseError('NOT_FOUND', `there is no weight ${name}`, { field: name });
    return tensor;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** In the order in which they came. */
  names(): string[] {
    return [...this.#tensors.keys()];
  }

  /** Takes the tensor over and frees the one that it replaces. */
  set(name: string, tensor: Tensor): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.set(name, tensor);
  }

  setNumbers(name: string, values: Float32Array, shape: readonly number[]): void {
    this.set(name, floats(values, shape));
  }

  numbers(name: string): Float32Array {
    return read(this.get(name));
  }

  delete(name: string): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.delete(name);
  }

  dispose(): void {
    dispose(...this.#tensors.values());
    this.#tensors.clear();
  }
}
