import { add, dispose, type Tensor } from '@nse/tensor';

/** Gradients by weight name, of one backward pass or of several added up. Owns its tensors. */
export class Gradients {
  readonly #tensors = new Map<string, Tensor>();

  /** Takes the tensor over; adds it to what the name has already. */
  add(name: string, gradient: Tensor): void {
    const held = this.#tensors.get(name);
    if (held === undefined) {
      this.#tensors.set(name, gradient);
      return;
    }
    this.#tensors.set(name, add(held, gradient));
    dispose(held, gradient);
  }

  get(name: string): Tensor | undefined {
    return this.#tensors.get(name);
  }

  entries(): Iterable<[string, Tensor]> {
    return this.#tensors.entries();
  }

  names(): string[] {
    return [...this.#tensors.keys()];
  }

  dispose(): void {
    dispose(...this.#tensors.values());
    this.#tensors.clear();
  }
}
