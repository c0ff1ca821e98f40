import { type Random } from '@nse/space';

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

/** Changes the colours of pixels (count, 3) in place, rounded to bytes again: one linear map, around the mean grey. */
export function jitterColours(pixels: Uint8Array, jitter: Jitter): void {
  const { matrix, offset } = colourMap(jitter, meanGrey(pixels));
  const [[rr, rg, rb], [gr, gg, gb], [br, bg, bb]] = matrix;
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let at = 0; at < clamped.length; at += 3) {
    const red = clamped[at] ?? 0;
    const green = clamped[at + 1] ?? 0;
    const blue = clamped[at + 2] ?? 0;
    clamped[at] = rr * red + rg * green + rb * blue + offset;
    clamped[at + 1] = gr * red + gg * green + gb * blue + offset;
    clamped[at + 2] = br * red + bg * green + bb * blue + offset;
  }
}

interface ColourMap {
  readonly matrix: Matrix;
  readonly offset: number;
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
