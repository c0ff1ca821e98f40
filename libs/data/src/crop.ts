import { type Random } from '@nse/space';

/** A part of an image, in pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

// The usual ImageNet figures: 8 to 100 % of the area, sides from 3:4 to 4:3.
const leastArea = 0.08;
const ratioRange = { from: Math.log(3 / 4), to: Math.log(4 / 3) };
const maxTries = 10;

/** For evaluation an image is scaled to 256 and its middle 224 are taken, in proportion for other sizes. */
export const centreShare = 224 / 256;

/** A part of random area and shape that lies within the image; after 10 misses the largest allowed middle part. */
export function randomResizedCrop(imageWidth: number, imageHeight: number, random: Random): Region {
  for (let tries = 0; tries < maxTries; tries++) {
    const area = imageWidth * imageHeight * (leastArea + random.next() * (1 - leastArea));
    const ratio = Math.exp(ratioRange.from + random.next() * (ratioRange.to - ratioRange.from));
    const width = Math.round(Math.sqrt(area * ratio));
    const height = Math.round(Math.sqrt(area / ratio));
    if (width < 1 || height < 1 || width > imageWidth || height > imageHeight) continue;
    const left = random.below(imageWidth - width + 1);
    const top = random.below(imageHeight - height + 1);
    return { left, top, width, height };
  }
  return middle(imageWidth, imageHeight, clampedShape(imageWidth, imageHeight));
}

/** The middle square that evaluation looks at. */
export function centreCrop(imageWidth: number, imageHeight: number): Region {
  const side = Math.max(1, Math.round(Math.min(imageWidth, imageHeight) * centreShare));
  return middle(imageWidth, imageHeight, { width: side, height: side });
}

function clampedShape(width: number, height: number): { width: number; height: number } {
  const ratio = width / height;
  if (ratio < 3 / 4) return { width, height: Math.max(1, Math.round(width / (3 / 4))) };
  if (ratio > 4 / 3) return { width: Math.max(1, Math.round(height * (4 / 3))), height };
  return { width, height };
}

function middle(
  imageWidth: number,
  imageHeight: number,
  { width, height }: Pick<Region, 'width' | 'height'>,
): Region {
  return {
    left: Math.floor((imageWidth - width) / 2),
    top: Math.floor((imageHeight - height) / 2),
    width,
    height,
  };
}
