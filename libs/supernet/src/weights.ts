import { NseError } from '@nse/space';
import { floats, read, type Tensor, Variable } from '@nse/tensor';

export { Gradients } from './gradients.js';
export { Statistics } from './statistics.js';
export { decodeWeights, encodeWeights } from './weights-file.js';
export { initialiseWeights } from './weights-initial.js';

/** All weights and running statistics of a network, by name. Owns its tensors. */
export class Weights {
  readonly #held = new Map<string, Tensor | Variable>();

  /** The tensor stays the store's, until the weight changes. Throws NOT_FOUND for a name that it does not hold. */
  get(name: string): Tensor {
    const held = this.#find(name);
    return held instanceof Variable ? held.value() : held;
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  /** In the order in which they came. */
  names(): string[] {
    return [...this.#held.keys()];
  }

  /** Takes the tensor over and frees the one that it replaces. */
  set(name: string, tensor: Tensor): void {
    const held = this.#held.get(name);
    if (held instanceof Variable) {
      held.assign(tensor);
      return;
    }
    held?.dispose();
    this.#held.set(name, tensor);
  }

  /** The weight as what an optimiser changes in place. Throws NOT_FOUND. */
  variable(name: string): Variable {
    const held = this.#find(name);
    if (held instanceof Variable) return held;
    const variable = new Variable(held);
    this.#held.set(name, variable);
    return variable;
  }

  /** Sets a weight from plain numbers in the engine's layout, which are copied. */
  setNumbers(name: string, values: Float32Array, shape: readonly number[]): void {
    this.set(name, floats(values.slice(), shape));
  }

  /** A copy of a weight's numbers, in the engine's layout. Throws NOT_FOUND. */
  numbers(name: string): Float32Array {
    return read(this.get(name));
  }

  delete(name: string): void {
    this.#held.get(name)?.dispose();
    this.#held.delete(name);
  }

  dispose(): void {
    for (const held of this.#held.values()) held.dispose();
    this.#held.clear();
  }

  #find(name: string): Tensor | Variable {
    const held = this.#held.get(name);
    if (held === undefined) throw new NseError('NOT_FOUND', `there is no weight ${name}`, { field: name });
    return held;
  }
}
