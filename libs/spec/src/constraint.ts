import { z } from 'zod';
import { field, name, positive } from './field.js';

export const constraintSchema = z.strictObject({
  macs: field(
    z
      .strictObject({
        target: field(positive(), {
          description: 'Cost that the search aims at, as a plain number: 6.0e6 is six million.',
          unit: 'multiply-accumulates of one image',
          source: 'cost model',
        }),
        drift: field(positive(), {
          description: 'Half width of the band in which architectures are sampled; its edges lie outside.',
          unit: 'multiply-accumulates of one image',
          source: 'one round, step 3',
        }),
      })
      .optional(),
    { description: 'Bounds the multiply-accumulates.', defaultText: 'none; give `macs` or `latency`' },
  ),
  latency: field(
    z
      .strictObject({
        table: field(name(), {
          description:
            'Name of the latency table: lower-case letters, digits and inner dashes, at most 40 of them.',
          source: 'cost model',
        }),
        targetMs: field(positive(), {
          description: 'Latency that the search aims at, as the table counts it.',
          unit: 'ms',
          source: 'cost model',
        }),
        driftMs: field(positive(), {
          description: 'Half width of the band in which architectures are sampled; its edges lie outside.',
          unit: 'ms',
          source: 'one round, step 3',
        }),
      })
      .optional(),
    { description: 'Bounds the latency.', defaultText: 'none; give `macs` or `latency`' },
  ),
});
