import { randomFrom, standardNormal } from '@nse/space';

const COUNT = 4_096;

/** Standard normal numbers to fill inputs with, always the same. */
export function inputNoise(): Float32Array {
  const random = randomFrom(0, 'input');
  return Float32Array.from({ length: COUNT }, () => standardNormal(random));
}
