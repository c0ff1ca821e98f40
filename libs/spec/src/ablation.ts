import { z } from 'zod';
import { field } from './field.js';
import { isWholePool, type Method } from './methods.js';

export const ablationSchema = z.strictObject({
  inherit: field(z.boolean().default(true), {
    description:
      'Whether a round begins with what the front of the last one uses. `false`: every round begins with operations drawn anew from the whole pool and is trained and scored by itself; the front is that of all rounds, each architecture by the supernet of its own. Only with `nse` and `nse-single`.',
    source: 'one round, steps 4 and 5',
  }),
});

/** What is left out of the method, to see what it is good for. Absent from a spec that leaves nothing out. */
export interface Ablation {
  readonly inherit: false;
}

/** The ablation of a resolved spec: none where there is nothing to leave out. */
export function resolvedAblation(
  method: Method,
  ablation: z.output<typeof ablationSchema> | undefined,
): { readonly ablation?: Ablation } {
  return ablation?.inherit === false && !isWholePool(method) ? { ablation: { inherit: false } } : {};
}
