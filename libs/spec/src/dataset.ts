import { z } from 'zod';
import { field, whole } from './field.js';

export const datasetKinds = ['fashion-mnist', 'mnist', 'cifar10', 'folder'] as const;
export type DatasetKind = (typeof datasetKinds)[number];

export const augmentations = ['none', 'flip', 'shift', 'shift-flip', 'imagenet'] as const;
/** How training images are varied; see `docs/spec.md`. */
export type Augmentation = (typeof augmentations)[number];

/** What is known of a data set before it is loaded. Sizes in pixels, counts in images. */
export interface DatasetFacts {
  /** Fixed side of the images; images of a folder are scaled to the network's size. */
  readonly imageSize?: number;
  readonly channels: number;
  readonly classes?: number;
  /** Images that `train` and `heldOut` share; the rest is the test split. */
  readonly trainable?: number;
  readonly heldOut: number;
  readonly augment: Augmentation;
}

export const datasetFacts: Readonly<Record<DatasetKind, DatasetFacts>> = {
  'fashion-mnist': {
    imageSize: 28,
    channels: 1,
    classes: 10,
    trainable: 60_000,
    heldOut: 10_000,
    augment: 'shift-flip',
  },
  // Mirrored digits are other signs, so digits are shifted only.
  mnist: { imageSize: 28, channels: 1, classes: 10, trainable: 60_000, heldOut: 10_000, augment: 'shift' },
  cifar10: {
    imageSize: 32,
    channels: 3,
    classes: 10,
    trainable: 50_000,
    heldOut: 10_000,
    augment: 'shift-flip',
  },
  folder: { channels: 3, heldOut: 50_000, augment: 'imagenet' },
};

export const datasetSchema = z.strictObject({
  kind: field(z.enum(datasetKinds), {
    description:
      'The data set. `fashion-mnist`, `mnist` and `cifar10` are fetched on first use unless `path` names own files in their format; `folder` is a folder in the ImageNet layout, `train/<class>/*` and `val/<class>/*`.',
  }),
  path: field(z.string().min(1).optional(), {
    description: 'Folder of own files: IDX files, CIFAR-10 binary batches, or the image folder.',
    defaultText: 'none; needed for `folder`',
  }),
  train: field(whole(1).optional(), {
    description:
      'Images that train weights. Fewer than there are takes the first in a fixed order that keeps the classes in proportion.',
    unit: 'images',
    defaultText: 'all that are not held out',
  }),
  heldOut: field(whole(1).optional(), {
    description:
      'Images kept out of weight training: they train the fitness and score architectures. The test images are apart from both and used once, at the end.',
    unit: 'images',
    source: 'one round, steps 2 and 3',
    defaultText: '10000; for `folder` 50000',
  }),
});
