import { z } from 'zod';
import { field, name, positive, whole } from './field.js';

const macsSchema = z.strictObject({
  target: field(positive(), {
    description:
      'Cost that the search aims at, as a plain number: 6.0e6 is six million. Beside `latency` it is a limit, from above only.',
    unit: 'multiply-accumulates of one image',
    source: 'cost model',
  }),
  drift: field(positive(), {
    description:
      'Half width of the band in which architectures are sampled; its edges lie outside. Beside `latency` only the upper edge counts.',
    unit: 'multiply-accumulates of one image',
    source: 'one round, step 3',
  }),
});

const latencySchema = z.strictObject({
  device: field(name().optional(), {
    description:
      'Id of the attached device: `./nse device list` shows all. Its latency table is built, or completed, before the first round, and the best of the last front are measured on it before one is chosen.',
    source: 'latency',
    defaultText: 'none: give `device`, `table` or both',
  }),
  table: field(name().optional(), {
    description:
      'Name of a latency table that is there. Alone: nothing is measured. Beside `device`: this table is used as it is, and the device measures the best of the front.',
    source: 'cost model',
    defaultText: "that of `device`, filled in by the search's stage `prepare`",
  }),
  targetMs: field(positive().optional(), {
    description: 'Latency that the search aims at, as the table counts it.',
    unit: 'ms',
    source: 'cost model',
    defaultText: 'what `likeMacs` comes to, filled in once the table is there',
  }),
  likeMacs: field(positive().optional(), {
    description:
      'In place of `targetMs`, where nobody knows the device yet: the target is the median latency, by the table, of random architectures that cost so many multiply-accumulates. With `targetMs` it has no effect.',
    unit: 'multiply-accumulates of one image',
    source: 'latency',
    defaultText: 'none: give `targetMs` or `likeMacs`',
  }),
  driftMs: field(positive().optional(), {
    description: 'Half width of the band in which architectures are sampled; its edges lie outside.',
    unit: 'ms',
    source: 'one round, step 3',
    defaultText: 'a twentieth of the target',
  }),
  remeasure: field(whole(0, 100).optional(), {
    description:
      'How many of the last front are measured on the device, the most accurate first, before one is chosen; 0 chooses by the table. Only with `device`.',
    source: 'latency',
    defaultText: '5 with `device`',
  }),
  threads: field(whole(1, 64).optional(), {
    description: 'CPU threads that the device computes with when it is measured. Only with `device`.',
    source: 'latency',
    defaultText: '1 with `device`',
  }),
});

export const constraintSchema = z.strictObject({
  macs: field(macsSchema.optional(), {
    description:
      'Bounds the multiply-accumulates. Beside `latency` they are a second limit: architectures of target + drift or more are neither sampled nor chosen, and an expected cost above the target is punished.',
    source: 'latency',
    defaultText: 'none; give `macs`, `latency` or both',
  }),
  latency: field(latencySchema.optional(), {
    description: "Bounds the latency, which is then the front's cost.",
    source: 'latency',
    defaultText: 'none; give `macs`, `latency` or both',
  }),
});
