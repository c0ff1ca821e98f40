import { type NetworkInput, pytorchModule } from '@nse/export';
import { writeSafetensors } from '@nse/safetensors';
import { loadBackend } from '@nse/tensor';
import { channelsFirst, difference, drawnImages, engineLogits, weightsOf } from './engine.js';
import { factsOf } from './facts.js';
import { cases } from './networks.js';
import { describeWith, jsonIn, runPython, withFolder } from './runtimes.js';

const IMAGES = 3;

/** What the script leaves. */
interface Outcome {
  readonly logits: readonly number[];
  readonly labels: readonly string[];
  readonly parameters: number;
}

/** A module, perhaps with a part replaced: a bug that must be noticed. */
interface Trial {
  readonly input: NetworkInput;
  readonly planted?: readonly [from: string, to: string];
}

const modules: readonly Trial[] = cases.map(([, input]) => ({ input }));
const [, branched] = cases[1] as (typeof cases)[number];
const planted: readonly Trial[] = (
  [
    ['padding=3, groups', 'padding=3, padding_mode="reflect", groups'],
    [' / len(branches)', ''],
    ['eps=1e-5', 'eps=1e-2'],
  ] as const
).map((change) => ({ input: branched, planted: change }));

/** One start of Python for all, as PyTorch takes long to load. */
function inPyTorch(trials: readonly Trial[]): Outcome[] {
  const files = trials.flatMap(({ input, planted: [from, to] = ['', ''] }, index) => {
    const { imageChannels, imageSize } = input.network;
    const shape = [IMAGES, imageChannels, imageSize, imageSize];
    const images = channelsFirst(drawnImages(input, IMAGES), input);
    return Object.entries({
      'model.py': pytorchModule(input, factsOf(input)).replace(from, to),
      'model.safetensors': writeSafetensors(weightsOf(input)),
      'images.safetensors': writeSafetensors(new Map([['images', { shape, data: images }]])),
    }).map(([name, content]) => [`${index}/${name}`, content] as const);
  });
  return withFolder(Object.fromEntries(files), (folder) => {
    const folders = trials.map((_, index) => String(index));
    runPython('pytorch', 'pytorch_logits.py', folder, ...folders);
    return folders.map((name) => jsonIn(folder, `${name}/logits.json`) as Outcome);
  });
}

const differenceFrom = ({ input }: Trial, { logits }: Outcome) =>
  difference(logits, engineLogits(input, weightsOf(input), drawnImages(input, IMAGES)));

describeWith('pytorch', 'the generated PyTorch module', () => {
  let outcomes: Outcome[];

  beforeAll(async () => {
    await loadBackend();
    outcomes = inPyTorch([...modules, ...planted]);
  });

  it.each(cases.map(([what], index) => [what, index] as const))(
    'gives what the engine gives: %s',
    (_, index) => {
      const outcome = outcomes[index]!;
      const { input } = modules[index]!;
      expect(differenceFrom({ input }, outcome)).toBeLessThan(1e-4);
      const { labels, params } = factsOf(input);
      expect([outcome.labels, outcome.parameters]).toEqual([labels, params]);
    },
  );

  it('is told apart here from one with another padding, mean over branches, or batch norm', () => {
    for (const [index, trial] of planted.entries()) {
      expect(differenceFrom(trial, outcomes[modules.length + index]!)).toBeGreaterThan(1e-3);
    }
  });
});
