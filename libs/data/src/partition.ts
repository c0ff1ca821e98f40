import { NseError, randomFrom, shuffled } from '@nse/space';

/**
 * Seed of every split that files do not fix. A constant, not the search's seed: results of different searches
 * compare only if they are measured on the same images.
 */
const splitSeed = 20_200_101;

/**
 * Cuts images into named parts of the given sizes. `labels` are those of all images; the parts hold places in it. Any
 * run of a part holds each class in its proportion, give or take an image, so its first images are a fair sample.
 * What is left over is in no part. Raises INVALID_ARGUMENT where the parts need more images than there are.
 */
export function partition<Part extends string>(
  labels: ArrayLike<number>,
  sizes: Readonly<Record<Part, number>>,
  purpose: string,
): Record<Part, Int32Array> {
  const parts = Object.entries<number>(sizes);
  const needed = parts.reduce((sum, [, size]) => sum + size, 0);
  if (needed > labels.length || parts.some(([, size]) => size < 0)) {
    const listed = parts.map(([part, size]) => `${size} ${part}`).join(' + ');
    const message = `asked for ${listed} images; there are ${labels.length}`;
    throw new NseError('INVALID_ARGUMENT', message, { field: 'dataset' });
  }
  const order = spreadByClass(labels, purpose);
  let start = 0;
  const members = parts.map(
    ([part, size]) => [part, Int32Array.from(order.slice(start, (start += size)))] as const,
  );
  return Object.fromEntries(members) as Record<Part, Int32Array>;
}

/** All places, shuffled within their class and the classes spread evenly. */
function spreadByClass(labels: ArrayLike<number>, purpose: string): number[] {
  const byClass = new Map<number, number[]>();
  for (let place = 0; place < labels.length; place++) {
    const label = labels[place] ?? 0;
    const members = byClass.get(label);
    if (members) members.push(place);
    else byClass.set(label, [place]);
  }
  const keyed = [...byClass].flatMap(([label, members]) =>
    shuffled(members, randomFrom(splitSeed, purpose, 'class', label)).map((place, rank) => ({
      place,
      label,
      key: (rank + 0.5) / members.length,
    })),
  );
  keyed.sort((a, b) => a.key - b.key || a.label - b.label);
  return keyed.map(({ place }) => place);
}
