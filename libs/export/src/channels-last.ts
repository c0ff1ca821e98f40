/**
 * Weights of a convolution (out, in, height, width) as TensorFlow Lite wants them: (out, height, width, in), or for a
 * depthwise one (1, height, width, out).
 */
export function channelsLast(
  weight: Float32Array,
  [outChannels, inChannels, height, width]: readonly [number, number, number, number],
  isDepthwise: boolean,
): { readonly shape: readonly number[]; readonly data: Float32Array } {
  const points = height * width;
  const shape = isDepthwise ? [1, height, width, outChannels] : [outChannels, height, width, inChannels];
  if (points === 1) return { shape, data: weight };
  const data = new Float32Array(weight.length);
  // Of a depthwise convolution there is one matrix (out, points) to turn over, else one (in, points) for each output.
  const [matrices, rows] = isDepthwise ? [1, outChannels] : [outChannels, inChannels];
  for (let matrix = 0; matrix < matrices; matrix++) {
    const start = matrix * rows * points;
    for (let row = 0; row < rows; row++) {
      for (let point = 0; point < points; point++) {
        data[start + point * rows + row] = weight[start + row * points + point] ?? 0;
      }
    }
  }
  return { shape, data };
}
