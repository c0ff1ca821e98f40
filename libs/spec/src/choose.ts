import { z } from 'zod';
import { field, positive } from './field.js';

export const chooseSchema = z.strictObject({
  by: field(z.enum(['accuracy', 'knee']).default('accuracy'), {
    description:
      '`accuracy`: the most accurate within the budget. `knee`: the point within the budget that lies farthest above the straight line between the ends of the front, both axes stretched to the same length: where more cost begins to bring little.',
    source: 'choice',
  }),
  scaleWidth: field(z.boolean().default(false), {
    description:
      'Scales the widths of the macro network for the chosen architecture, up or down, to the largest scale at which it costs at most `scaleTo`. It is retrained so, beside a random architecture of that network and cost. Needs a budget of `macs` alone: no latency table prices other widths.',
    source: 'choice',
  }),
  scaleTo: field(positive().optional(), {
    description: 'What the chosen architecture may cost at most after scaling. Only with `scaleWidth`.',
    unit: 'multiply-accumulates of one image',
    source: 'choice',
    defaultText: 'with `scaleWidth` the target of `constraint.macs`',
  }),
});

type ChooseDraft = z.output<typeof chooseSchema>;

/** How the final architecture is chosen from the front. */
export interface ChooseSettings {
  readonly by: ChooseDraft['by'];
  readonly scaleWidth: boolean;
  /** MACs; absent without `scaleWidth`. */
  readonly scaleTo?: number;
}

/** Part of a resolved spec that chooses in another way than the most accurate, unscaled. */
export function resolvedChoose(
  draft: ChooseDraft | undefined,
  target: number | undefined,
): { readonly choose?: ChooseSettings } {
  if (draft === undefined) return {};
  const { by, scaleWidth, scaleTo = scaleWidth ? target : undefined } = draft;
  // Specs from before there was a choice stay as they are.
  if (by === 'accuracy' && !scaleWidth && scaleTo === undefined) return {};
  return { choose: { by, scaleWidth, ...(scaleTo === undefined ? {} : { scaleTo }) } };
}

/** How the search chooses: the most accurate of the front, unscaled, unless its spec says otherwise. */
export function chooseOf({ choose }: { readonly choose?: ChooseSettings }): ChooseSettings {
  return choose ?? { by: 'accuracy', scaleWidth: false };
}
