import type { messages } from '@nse/rpc';
import { NseError } from '@nse/space';

/** A stored training curve for clients; a loss that is not finite was stored as null and is left out. */
export function readCurve(bytes: Uint8Array): messages.CurvePoint[] {
  try {
    const points = JSON.parse(Buffer.from(bytes).toString('utf8')) as { step: number; loss: number | null }[];
    return points.map(({ loss, ...point }) => (loss === null ? point : { ...point, loss }));
  } catch (cause) {
    throw new NseError('INTERNAL', 'a stored training curve cannot be read', { cause });
  }
}
