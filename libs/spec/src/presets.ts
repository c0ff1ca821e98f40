import { NseError } from '@nse/space';
import { cifar10 } from './presets/cifar10.js';
import { fashionMnist, fashionMnistQuick } from './presets/fashion-mnist.js';
import { imagenet330m, imagenet330m72, imagenetGpu66ms } from './presets/imagenet.js';
import { type SpecInput } from './schema.js';

/** Ready specs by name, as a user would write them; `parseSpec` resolves one. */
export const presets = {
  'fashion-mnist': fashionMnist,
  'fashion-mnist-quick': fashionMnistQuick,
  cifar10,
  'imagenet-330m': imagenet330m,
  'imagenet-330m-72': imagenet330m72,
  'imagenet-gpu-66ms': imagenetGpu66ms,
} as const satisfies Readonly<Record<string, SpecInput>>;

export type PresetName = keyof typeof presets;

/** The preset of that name. Raises NOT_FOUND that lists the names. */
export function presetNamed(name: string): SpecInput {
  const found = Object.entries(presets).find(([known]) => known === name);
  if (found) return found[1];
  const names = Object.keys(presets).join(', ');
  throw new NseError('NOT_FOUND', `there is no preset "${name}"; there are ${names}`, { field: 'preset' });
}
