import { randomFrom } from '@nse/space';

import { loadBackend } from './backend.js';
import { depthwiseByGradients } from './convolution-depthwise-gradients.js';
import { convolution, type ConvolutionGeometry } from './convolution.js';
import { floats, liveTensors, read } from './tensor.js';

type Shape = [number, number, number, number];

/** Plain loops in double precision over every product of a convolution: x index, w index, out index. */
function eachProduct(
  geometry: ConvolutionGeometry,
  [batch, height, width, channels]: Shape,
  [outHeight, outWidth]: [number, number],
  visit: (x: number, w: number, out: number) => void,
): void {
  const { kernel, stride, padding, dilation, groups, inChannels, outChannels, kind } = geometry;
  const inBlock = inChannels / groups;
  const outBlock = outChannels / groups;
  for (let n = 0; n < batch; n++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let ky = 0; ky < kernel[0]; ky++)
          for (let kx = 0; kx < kernel[1]; kx++) {
            const y = oy * stride[0] + ky * dilation - padding[0];
            const x = ox * stride[1] + kx * dilation - padding[1];
            if (y < 0 || x < 0 || y >= height || x >= width) continue;
            for (let o = 0; o < outChannels; o++)
              for (let i = 0; i < inBlock; i++) {
                const tap = ky * kernel[1] + kx;
                const c = Math.floor(o / outBlock) * inBlock + i;
                visit(
                  ((n * height + y) * width + x) * channels + c,
                  kind === 'depthwise' ? tap * channels + c : (tap * inBlock + i) * outChannels + o,
                  ((n * outHeight + oy) * outWidth + ox) * outChannels + o,
                );
              }
          }
}

const dense = { kind: 'conv', dilation: 1, groups: 1 } as const;
const square = (k: number, stride: number, dilation = 1) =>
  ({
    kernel: [k, k],
    stride: [stride, stride],
    padding: [(dilation * (k - 1)) / 2, (dilation * (k - 1)) / 2],
    dilation,
  }) as const;
const depthwise = (k: number, stride: number, dilation = 1, channels = 16) =>
  ({
    kind: 'depthwise',
    ...square(k, stride, dilation),
    groups: channels,
    inChannels: channels,
    outChannels: channels,
  }) as const;

const cases: [string, ConvolutionGeometry, number][] = [
  ['1x1, more channels out', { ...dense, ...square(1, 1), inChannels: 4, outChannels: 24 }, 7],
  ['1x1, fewer channels out', { ...dense, ...square(1, 1), inChannels: 24, outChannels: 4 }, 6],
  ['1x1 in 2 groups', { ...dense, ...square(1, 1), groups: 2, inChannels: 8, outChannels: 12 }, 6],
  ['3x3', { ...dense, ...square(3, 1), inChannels: 3, outChannels: 8 }, 9],
  ['3x3, stride 2, even size', { ...dense, ...square(3, 2), inChannels: 3, outChannels: 8 }, 8],
  ['3x3, stride 2, odd size', { ...dense, ...square(3, 2), inChannels: 3, outChannels: 8 }, 9],
  ['1x5', { ...dense, kernel: [1, 5], stride: [1, 1], padding: [0, 2], inChannels: 8, outChannels: 8 }, 6],
  [
    '1x7, stride 1 by 2',
    { ...dense, kernel: [1, 7], stride: [1, 2], padding: [0, 3], inChannels: 8, outChannels: 8 },
    8,
  ],
  [
    '5x1, stride 2 by 1',
    { ...dense, kernel: [5, 1], stride: [2, 1], padding: [2, 0], inChannels: 8, outChannels: 8 },
    8,
  ],
  ['depthwise 3x3', depthwise(3, 1), 8],
  ['depthwise 3x3, stride 2, even size', depthwise(3, 2), 8],
  ['depthwise 3x3, stride 2, odd size', depthwise(3, 2), 7],
  ['depthwise 3x3, dilation 2', depthwise(3, 1, 2), 8],
  ['depthwise 3x3, dilation 3, channels that memory does not align', depthwise(3, 1, 3, 5), 9],
  ['depthwise 3x3, dilation 2, stride 2, even size', depthwise(3, 2, 2), 8],
  ['depthwise 3x3, dilation 3, stride 2, odd size', depthwise(3, 2, 3), 9],
  ['depthwise 5x5', depthwise(5, 1), 8],
  ['depthwise 7x7, stride 2', depthwise(7, 2, 1, 24), 10],
  ['depthwise 11x11, larger than the image', depthwise(11, 1, 1, 3), 7],
  ['depthwise 11x11, stride 2, smallest image', depthwise(11, 2, 1, 8), 2],
  ['depthwise 5x5 over several chunks of images', depthwise(5, 1, 1, 64), 24],
];

beforeAll(() => loadBackend());

describe.each(cases)('%s', (_, geometry, size) => {
  const images = size > 20 ? 14 : 3;
  const { kernel, stride, padding, dilation, inChannels, outChannels, kind } = geometry;
  const out = (axis: 0 | 1) =>
    Math.floor((size + 2 * padding[axis] - dilation * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
  const xShape: Shape = [images, size, size, inChannels];
  const wShape = convolution(geometry).weight.shape;
  const outShape: Shape = [images, out(0), out(1), outChannels];
  const random = randomFrom(1);
  const numbers = (shape: readonly number[]) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.next() - 0.5);
  const x = numbers(xShape);
  const w = numbers(wShape);
  const d = numbers(outShape);

  let expected: Readonly<Record<'out' | 'dX' | 'dW', Float64Array>>;
  beforeAll(() => {
    expected = {
      out: new Float64Array(d.length),
      dX: new Float64Array(x.length),
      dW: new Float64Array(w.length),
    };
    eachProduct(geometry, xShape, [outShape[1], outShape[2]], (xi, wi, oi) => {
      expected.out[oi]! += x[xi]! * w[wi]!;
      expected.dX[xi]! += d[oi]! * w[wi]!;
      expected.dW[wi]! += d[oi]! * x[xi]!;
    });
  });

  const ways = { 'as on this device': convolution(geometry), 'as on a GPU': depthwiseByGradients(geometry) };
  const used = Object.entries(ways).slice(0, kind === 'depthwise' ? 2 : 1);
  test.each(used)('computes what plain loops compute, %s, and keeps no tensor', (_way, conv) => {
    const run = () => {
      const [xs, ws, ds] = [floats(x, xShape), floats(w, wShape), floats(d, outShape)];
      const results = [
        conv.forward(xs, ws),
        conv.inputGradient(xs, ws, ds),
        conv.weightGradient(xs, ws, ds),
      ] as const;
      const found = results.map((result) => ({ shape: result.shape, values: read(result) }));
      for (const tensor of [xs, ws, ds, ...results]) tensor.dispose();
      return found;
    };
    const found = run();
    expect(found.map((result) => result.shape)).toEqual([outShape, xShape, wShape]);
    [expected.out, expected.dX, expected.dW].forEach((numbers, which) =>
      expectClose(found[which]!.values, numbers),
    );

    const before = liveTensors();
    run();
    expect(liveTensors()).toBe(before);
  });
});

function expectClose(found: Float32Array, expected: Float64Array): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - found[index]!)), 0);
  expect(worst / largest).toBeLessThan(1e-5);
}
