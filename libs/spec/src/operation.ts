import { type Operation } from '@nse/space';
import { z } from 'zod';
import { field, whole } from './field.js';

const odd = (most: number) =>
  whole(1, most).refine((kernel) => kernel % 2 === 1, { error: `an odd number from 1 to ${most}` });

/** An operation of the user's own, by the block grammar of the pools. */
export const operationSchema = z.strictObject({
  kind: field(z.enum(['MBConv', 'Rectangular', 'Conv', 'DualConv']), {
    description:
      '`MBConv`: a depthwise convolution between two of 1x1; `Rectangular`: full ones of 1xk and kx1; `Conv`, `DualConv`: one, or two, of kxk.',
    source: 'operations',
  }),
  kernel: field(odd(31), { description: 'k, an odd number.', source: 'operations' }),
  expansion: field(whole(1, 16), {
    description: "t: inner layers have t times the cell's input channels.",
    source: 'operations',
  }),
  dilation: field(whole(1, 8).optional(), {
    description: 'Dilation of the depthwise convolution. Only `MBConv` has it.',
    source: 'operations',
    defaultText: '1',
  }),
  groups: field(z.array(whole(1, 64)).length(2).optional(), {
    description: 'Groups of the first and of the last 1x1 convolution. Only `MBConv` has them.',
    source: 'operations',
    defaultText: '1 and 1',
  }),
  squeezeExcitation: field(z.boolean().optional(), {
    description: 'Squeeze-excitation (reduction 4) before the last 1x1 convolution.',
    source: 'operations',
    defaultText: '`false`',
  }),
  activation: field(z.enum(['relu', 'swish']).optional(), {
    description: 'Activation after every inner convolution.',
    source: 'operations',
    defaultText: '`relu`',
  }),
});

/** An operation as a spec has it. */
export type OperationInput = z.output<typeof operationSchema>;

/** The operation with nothing said twice: equal operations are equal values, those of the pools included. */
export function canonicalOperation(written: OperationInput): Operation {
  const { kind, kernel, expansion, dilation = 1, groups, squeezeExcitation, activation } = written;
  const options = {
    ...(squeezeExcitation === true ? { squeezeExcitation } : {}),
    ...(activation === 'swish' ? { activation } : {}),
  };
  if (kind !== 'MBConv') return { kind, kernel, expansion, ...options };
  const [first = 1, last = 1] = groups ?? [];
  return { kind, kernel, expansion, dilation, groups: [first, last], ...options };
}
