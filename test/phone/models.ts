import { contextGraph, tfliteFile } from '@nse/export';
import { poolNamed } from '@nse/space';

/** A model of so many convolutions side by side. */
export function modelOf(branches: number): Uint8Array {
  const { operations } = poolNamed('gpu19');
  const operation = operations[2];
  if (operation === undefined) throw new Error('the pool has no third operation');
  const place = { inChannels: 64, outChannels: 64, stride: 1, size: 28, identity: true, seed: 1 } as const;
  return tfliteFile(contextGraph({ operation, branches, ...place }));
}
