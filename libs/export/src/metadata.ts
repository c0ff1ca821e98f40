import type { Activation } from '@nse/space';
import type { MapShape } from './graph.js';

/** How an image becomes what the network takes: mean and deviation of pixels scaled to 0..1, per channel. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** The part of an image's shorter side that is looked at, in the middle; absent where it is the whole image. */
  readonly centreShare?: number;
}

/** What is known of a network beside its weights. */
export interface ModelFacts {
  /** The search that it was found by. */
  readonly search?: string;
  readonly code: string;
  readonly pool: string;
  readonly activation: Activation;
  readonly squeezeExcitation: boolean;
  /** Multiply-accumulates of one image. */
  readonly macs: number;
  readonly params: number;
  /** What each output stands for, in their order; absent where no data set has been seen. */
  readonly labels?: readonly string[];
  /** How the images were prepared that it learned from. */
  readonly normalisation?: Normalisation;
  /** On the test images, in [0, 1]; absent for a network that is not trained. */
  readonly testAccuracy?: number;
  /** Of the program that wrote the file. */
  readonly version: string;
}

/** How a file takes its images. */
export interface ImageInput {
  readonly name: string;
  /** (channels, height, width) of one image */
  readonly shape: MapShape;
  readonly layout: 'NCHW' | 'NHWC';
}

/** What an exported file says of itself, by key. Lists and objects are JSON; numbers are plain. */
export type FileMetadata = Readonly<Record<string, string>>;

/** The metadata of a file: the same facts in every format, with the input as that format takes it. */
export function fileMetadata(facts: ModelFacts, { name, shape, layout }: ImageInput): FileMetadata {
  const [channels, height, width] = shape;
  const dimensions = layout === 'NCHW' ? [1, channels, height, width] : [1, height, width, channels];
  const { search, labels, normalisation, testAccuracy } = facts;
  return {
    description: describeFacts(facts),
    producer: `nse ${facts.version}`,
    ...(search === undefined ? {} : { search }),
    architecture: facts.code,
    pool: facts.pool,
    activation: facts.activation,
    squeezeExcitation: String(facts.squeezeExcitation),
    input: JSON.stringify({ name, shape: dimensions, layout, type: 'float32' }),
    ...(normalisation === undefined ? {} : { normalisation: normalisationText(normalisation) }),
    ...(labels === undefined ? {} : { labels: JSON.stringify(labels) }),
    trained: String(testAccuracy !== undefined),
    ...(testAccuracy === undefined ? {} : { testAccuracy: String(testAccuracy) }),
    macs: String(facts.macs),
    params: String(facts.params),
  };
}

/** One sentence for people. */
export function describeFacts({ code, pool, testAccuracy, search }: ModelFacts): string {
  const state =
    testAccuracy === undefined ? 'not trained' : `test accuracy ${(100 * testAccuracy).toFixed(2)} %`;
  const origin = search === undefined ? '' : `, of search ${search}`;
  return `image classifier, architecture ${code} of pool ${pool}${origin}: ${state}`;
}

function normalisationText(normalisation: Normalisation): string {
  return JSON.stringify({ of: 'pixels scaled to 0..1, per channel', ...normalisation });
}
