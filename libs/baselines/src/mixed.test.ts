import { type Architecture, randomFrom } from '@nse/space';
import { architectureOf, optionsOf } from '@nse/strategies';
import { imagesOf, initialiseWeights, pathBlock, placesOf, supernetOf, Weights } from '@nse/supernet';
import { loadBackend, read } from '@nse/tensor';

import { mixedNetwork } from './mixed-network.js';
import { network, pool, stripes, subsets } from './stripes.fixture.js';

const options = optionsOf(network.cells, subsets);

beforeAll(() => loadBackend({ threads: 1 }));

function outputs(taken: readonly number[]): {
  mixed: Float32Array;
  path: Float32Array;
  architecture: Architecture;
} {
  const supernet = supernetOf(network, pool);
  const weights = new Weights();
  initialiseWeights(weights, placesOf(supernet, subsets), randomFrom(3, 'weights'));
  const architecture = architectureOf(options, taken);
  const oneHot = options.map((own, cell) => own.map((_, option) => (option === taken[cell] ? 1 : 0)));
  const images = imagesOf(stripes(8, 1, 0), network);
  const of = (block: ReturnType<typeof pathBlock>) => {
    const logits = block.run(images, weights, { kind: 'batch', moving: false });
    const numbers = read(logits);
    logits.dispose();
    return numbers;
  };
  const result = {
    mixed: of(mixedNetwork({ supernet, options }, oneHot)),
    path: of(pathBlock(supernet, architecture)),
    architecture,
  };
  images.dispose();
  weights.dispose();
  return result;
}

test.each([0, 1, 2, 3])(
  'with all probability on option %p of each cell the mix is that architecture',
  (option) => {
    const taken = options.map((own) => Math.min(option, own.length - 1));
    const { mixed, path, architecture } = outputs(taken);
    if (option === 3) expect(architecture.some((set) => set.length === 0)).toBe(true);
    mixed.forEach((value, index) => expect(value).toBeCloseTo(path[index]!, 4));
  },
);
