import { type Random } from '@nse/space';

/** How training images are varied. */
export type AugmentationKind = 'none' | 'flip' | 'shift' | 'shift-flip' | 'imagenet';

/** An augmentation and the source that all its choices are drawn from, in the order of the images. */
export interface Augment {
  readonly kind: AugmentationKind;
  readonly random: Random;
}

/** Images as the network takes them. */
export interface Batch {
  /** (count, height, width, channels), normalised by the data set's mean and deviation. */
  readonly images: Float32Array;
  /** (count) */
  readonly labels: Int32Array;
  readonly count: number;
}

/** One part of a data set, in a fixed order: any run of it is a fair sample, with the classes in proportion. */
export interface Split {
  readonly count: number;
  /** The images at these places, in this order. Raises INVALID_ARGUMENT for a place outside the split. */
  read(indices: Int32Array, augment?: Augment): Promise<Batch>;
}

/** A data set, split three ways. Whoever reads `test` does so on purpose: it is used once, after the search. */
export interface Dataset {
  readonly classes: readonly string[];
  /** Side of the square images in pixels. */
  readonly imageSize: number;
  readonly channels: number;
  readonly train: Split;
  readonly heldOut: Split;
  readonly test: Split;
  /** Where the images and the split come from, for a person to read. */
  readonly origin: string;
}

/** Which images, and how many of them. The spec's `dataset`. */
export interface DatasetSettings {
  readonly kind: 'fashion-mnist' | 'mnist' | 'cifar10' | 'folder';
  readonly path?: string;
  readonly train?: number;
  readonly heldOut: number;
}

/** What the network expects of its images. The spec's `network` is one. */
export interface ImageExpectation {
  readonly imageSize: number;
  readonly imageChannels: number;
  readonly classes: number;
}
