import { type Random } from '@nse/space';
import { type Placement } from './augment.js';
import { normalisations } from './normalise.js';

/** Factors of the colours, 1 as they are, and a turn of the hue in radians. */
export interface Jitter {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly hue: number;
}

// As the published search jitters: 20 % of brightness, contrast and saturation, a tenth of a turn of hue.
const strength = { factor: 0.2, turn: 0.1 * 2 * Math.PI };

const luma = [0.299, 0.587, 0.114] as const;

type Row = readonly [number, number, number];
type Matrix = readonly [Row, Row, Row];

// Between RGB and YIQ, where a turn of the hue is linear.
const toYiq: Matrix = [luma, [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]];
const toRgb: Matrix = [
  [1, 0.956, 0.619],
  [1, -0.272, -0.647],
  [1, -1.106, 1.703],
];

export function drawJitter(random: Random): Jitter {
  const factor = (): number => 1 + strength.factor * (2 * random.next() - 1);
  return {
    brightness: factor(),
    contrast: factor(),
    saturation: factor(),
    hue: strength.turn * (2 * random.next() - 1),
  };
}

/**
 * Writes pixels (size, size, 3) into `target` normalised, placed and with the jitter as one linear map of the colours
 * towards the image's mean grey. What a shift uncovers is black.
 */
export function writeJittered(
  pixels: Uint8Array,
  size: number,
  { dx, dy, mirrored }: Placement,
  jitter: Jitter | undefined,
  target: Float32Array,
): void {
  const colour = jitter === undefined ? unchanged : colourMap(jitter, meanGrey(pixels));
  for (let y = 0, to = 0; y < size; y++) {
    for (let x = 0; x < size; x++, to += 3) {
      const fromX = mirrored ? size - 1 - (x + dx) : x + dx;
      const fromY = y + dy;
      const covered = fromX >= 0 && fromX < size && fromY >= 0 && fromY < size;
      const from = covered ? 3 * (fromY * size + fromX) : -1;
      writeColour(pixels, from, colour, target, to);
    }
  }
}

interface ColourMap {
  readonly matrix: Matrix;
  readonly offset: number;
}

const unchanged: ColourMap = {
  matrix: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  offset: 0,
};

const { mean, deviation } = normalisations.folder;

function writeColour(
  pixels: Uint8Array,
  from: number,
  { matrix, offset }: ColourMap,
  target: Float32Array,
  to: number,
): void {
  const red = pixels[from] ?? 0;
  const green = pixels[from + 1] ?? 0;
  const blue = pixels[from + 2] ?? 0;
  const shift = from < 0 ? 0 : offset;
  for (let channel = 0; channel < 3; channel++) {
    const [r, g, b] = matrix[channel as 0 | 1 | 2];
    const value = r * red + g * green + b * blue + shift;
    const scaled = Math.min(255, Math.max(0, value)) / 255;
    target[to + channel] = (scaled - (mean[channel] ?? 0)) / (deviation[channel] ?? 1);
  }
}

/** Brightness, hue and saturation as one matrix, then contrast around the image's mean grey. */
function colourMap({ brightness, contrast, saturation, hue }: Jitter, grey: number): ColourMap {
  const cos = saturation * Math.cos(hue);
  const sin = saturation * Math.sin(hue);
  const turned: Matrix = [
    [1, 0, 0],
    [0, cos, -sin],
    [0, sin, cos],
  ];
  const factor = brightness * contrast;
  const matrix = scaled(product(toRgb, product(turned, toYiq)), factor);
  return { matrix, offset: (1 - contrast) * brightness * grey };
}

function meanGrey(pixels: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    sum += luma[0] * (pixels[at] ?? 0) + luma[1] * (pixels[at + 1] ?? 0) + luma[2] * (pixels[at + 2] ?? 0);
  }
  return sum / (pixels.length / 3);
}

function product(a: Matrix, b: Matrix): Matrix {
  const row = ([x, y, z]: Row): Row => [
    x * b[0][0] + y * b[1][0] + z * b[2][0],
    x * b[0][1] + y * b[1][1] + z * b[2][1],
    x * b[0][2] + y * b[1][2] + z * b[2][2],
  ];
  return [row(a[0]), row(a[1]), row(a[2])];
}

function scaled([a, b, c]: Matrix, factor: number): Matrix {
  const row = ([x, y, z]: Row): Row => [x * factor, y * factor, z * factor];
  return [row(a), row(b), row(c)];
}
