import { learningRateAt } from '@nse/tensor';

import { readGolden } from './golden.js';

interface Case {
  readonly id: string;
  readonly epochs: number;
  readonly steps_per_epoch: number;
  readonly warmup_epochs: number;
  readonly lr: number;
  readonly lr_warmup_start: number;
  readonly lr_final: number;
  readonly lr_per_step: readonly number[];
}

const golden = readGolden('lr') as { readonly cases: readonly Case[] };

test.each(golden.cases.map((entry) => [entry.id, entry] as const))(
  '%s: every step has the recorded rate',
  (_, entry) => {
    const schedule = {
      start: entry.lr_warmup_start,
      peak: entry.lr,
      final: entry.lr_final,
      warmupSteps: entry.warmup_epochs * entry.steps_per_epoch,
      steps: entry.epochs * entry.steps_per_epoch,
    };
    entry.lr_per_step.forEach((rate, step) => expect(learningRateAt(step, schedule)).toBeCloseTo(rate, 12));
  },
);
