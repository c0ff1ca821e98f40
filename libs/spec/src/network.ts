import { z } from 'zod';
import { field, positive, whole } from './field.js';

/** Numbers of depths and widths that each plan needs (method, "Macro network"). */
export const planCounts = { NER: { depths: 6, widths: 7 }, NR: { depths: 5, widths: 5 } } as const;

const size = 'pixels';
const macro = 'macro network';

export const networkSchema = z.strictObject({
  plan: field(z.enum(['NER', 'NR']), {
    description:
      'Order of the cells. NER: N\\*a0 R N\\*a1 R N\\*a2 R N\\*a3 E N\\*a4 R N\\*a5 E. NR: N\\*a0 R N\\*a1 R N\\*a2 R N\\*a3 R N\\*a4. N keeps the shape, E changes the channels, R also halves the size.',
    source: macro,
  }),
  depths: field(z.array(whole(0, 64)), {
    description: 'How many N cells stand at each place of the plan: 6 numbers for NER, 5 for NR.',
    unit: 'cells',
    source: macro,
  }),
  widths: field(z.array(whole(1, 8192)), {
    description: 'Channels of the stem, then after each R and E cell: 7 numbers for NER, 5 for NR.',
    unit: 'channels',
    source: macro,
  }),
  scale: field(positive().max(16).default(1), {
    description:
      'Factor on every width but the first; products are rounded to a multiple of 8, never more than 10 % below.',
    source: macro,
  }),
  stemStride: field(z.union([z.literal(1), z.literal(2)]).default(1), {
    description: 'Stride of the first convolution: 2 for 224 pixel images, 1 for small ones.',
    source: macro,
  }),
  imageSize: field(whole(8, 1024).optional(), {
    description: 'Side of the square input image.',
    unit: size,
    defaultText: "the data set's; 224 for `folder`",
  }),
  imageChannels: field(z.union([z.literal(1), z.literal(3)]).optional(), {
    description: 'Channels of the input image: 1 for grey, 3 for colour.',
    unit: 'channels',
    defaultText: "the data set's",
  }),
  classes: field(whole(2, 1_000_000).optional(), {
    description: 'Number of classes that the classifier tells apart.',
    defaultText: "the data set's; needed for `folder`",
  }),
  tailChannels: field(whole(1, 65_536).default(1024), {
    description: 'Channels of the 1x1 convolution before the average pool and the classifier.',
    unit: 'channels',
    source: macro,
  }),
});
