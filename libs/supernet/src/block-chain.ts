import { NseError } from '@nse/space';
import type { Tensor } from '@nse/tensor';

import type { Block, Pass } from './block-pass.js';
import type { Gradients } from './gradients.js';

/** Blocks one after the other, as one block. Throws INTERNAL for none. */
export function chain(blocks: readonly Block[]): Block {
  const [first, ...rest] = blocks;
  if (first === undefined) throw new NseError('INTERNAL', 'a chain needs a block');
  return {
    places: blocks.flatMap((block) => block.places),
    train: (x, weights, options) => {
      const head = first.train(x, weights, options);
      const passes: Pass[] = [];
      let out = head.out;
      for (const block of rest) {
        const pass = block.train(out, weights, options);
        out.dispose();
        passes.push(pass);
        out = pass.out;
      }
      return chainedPass(head, passes, out);
    },
    run: (x, weights, mode) => {
      let out = first.run(x, weights, mode);
      for (const block of rest) {
        const next = block.run(out, weights, mode);
        out.dispose();
        out = next;
      }
      return out;
    },
  };
}

function chainedPass(head: Pass, rest: readonly Pass[], out: Tensor): Pass {
  /** Back to the output of the head; `dOut` itself when nothing follows the head. */
  const backToHead = (dOut: Tensor, gradients?: Gradients): Tensor => {
    let current = dOut;
    for (const pass of rest.toReversed()) {
      const before = pass.backward(current, gradients);
      if (current !== dOut) current.dispose();
      current = before;
    }
    return current;
  };
  return {
    out,
    backward: (dOut, gradients) => {
      const dHead = backToHead(dOut, gradients);
      const dX = head.backward(dHead, gradients);
      if (dHead !== dOut) dHead.dispose();
      return dX;
    },
    backwardFirst: (dOut, gradients) => {
      const dHead = backToHead(dOut, gradients);
      head.backwardFirst(dHead, gradients);
      if (dHead !== dOut) dHead.dispose();
    },
    dispose: () => {
      for (const pass of [head, ...rest]) pass.dispose();
    },
  };
}
