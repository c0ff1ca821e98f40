import { z } from 'zod';

const whole = z.int().nonnegative();
const number = z.number();

const spread = z
  .strictObject({
    count: whole,
    mean: number,
    /** Of the sample; null for one value. */
    deviation: number.nullable(),
    min: number,
    max: number,
  })
  .nullable();

const interval = z.tuple([number, number]).nullable();

/** A mean or a slope over so many values; the interval is the 95 % one by Student's distribution. */
const estimate = z.strictObject({ count: whole, value: number, interval }).nullable();

const kind = {
  /** Null for runs without a variant. */
  variant: z.string().nullable(),
  method: z.string(),
};

const place = { ...kind, poolSize: whole };

const rank = z.strictObject({
  architectures: whole,
  /** Kendall's tau-b between scores of the supernet and accuracies after training from scratch. */
  tau: number.nullable(),
  /** 95 %, by bootstrap over the architectures. */
  interval,
  /** [supernet accuracy, test accuracy] of each. */
  pairs: z.array(z.tuple([number, number])),
});

const round = z.strictObject({
  round: whole,
  steps: whole,
  scored: whole,
  bestAccuracy: number,
  /** Of the front by the scores of the round's own supernet: a share of what could be had. */
  hypervolume: number,
  front: z.array(z.strictObject({ cost: number, accuracy: number })),
  /** Test accuracies of the front's points that were trained from scratch, by rising cost; empty where none were. */
  retrained: z.array(z.strictObject({ cost: number, accuracy: number })),
  /** The same of these; null where none were. */
  retrainedHypervolume: number.nullable(),
});

const run = z.strictObject({
  run: z.string(),
  ...place,
  seed: whole,
  search: z.string(),
  failure: z.strictObject({ stage: z.string(), round: whole, reason: z.string() }).nullable(),
  /** False where it failed, or where its network after training from scratch is hardly better than chance. */
  converged: z.boolean(),
  /** What follows is null where it failed. */
  outcome: z
    .strictObject({
      testAccuracy: number,
      supernetAccuracy: number,
      /** Of a random architecture of the same cost after the same training; null where none was trained. */
      randomAccuracy: number.nullable(),
      code: z.string(),
      cost: number,
      macs: whole,
      params: whole,
      /** Of weight training, over all rounds. */
      steps: whole,
      scored: whole,
      seconds: z.strictObject({ train: number, evaluate: number, retrain: number }),
      /** The most that a worker of the search held; null where nobody said. */
      peakMemoryBytes: whole.nullable(),
      hypervolume: number,
      rounds: z.array(round),
      rank: rank.nullable(),
    })
    .nullable(),
});

const group = z.strictObject({
  ...place,
  runs: whole,
  /** Runs that failed, and those that are hardly better than chance. */
  failed: whole,
  notConverged: whole,
  testAccuracy: spread,
  supernetAccuracy: spread,
  /** Test accuracy less that of the random architecture beside it. */
  aheadOfRandom: spread,
  steps: spread,
  scored: spread,
  trainSeconds: spread,
  evaluateSeconds: spread,
  peakMemoryBytes: spread,
  hypervolume: spread,
  tau: spread,
});

/** All runs of a method, or of a variant of it. Differences are between runs of the same pool and seed. */
const comparison = z.strictObject({
  ...kind,
  testAccuracy: spread,
  /** Against the run's random architecture, or the mean of those trained for its pool and seed. */
  aheadOfRandom: estimate,
  /** The method whose runs without a variant these are held against; null for that method. */
  reference: z.string().nullable(),
  aheadOfReference: estimate,
  /** The slope of test accuracy over log2 of the pool's size. */
  perDoubling: estimate,
});

/** The front after a round, by the mean test accuracy of what was trained of it. */
const fronts = z.strictObject({
  ...place,
  round: whole,
  /** Over seeds. */
  testAccuracy: spread,
  /** Against the first round of the same run. */
  aheadOfFirst: estimate,
});

/** The schema of report.json of a study. */
export const studyReportSchema = z.strictObject({
  schema: z.literal(1),
  name: z.string(),
  about: z.string().nullable(),
  /** How many runs the study has, and how many of them are over. */
  planned: whole,
  done: whole,
  /** In which unit costs are. */
  unit: z.enum(['macs', 'ms']),
  /** Accuracy of guessing. */
  chance: number,
  budget: z.strictObject({ steps: whole, architectures: whole.nullable() }),
  axes: z.strictObject({
    methods: z.array(z.string()),
    poolSizes: z.array(whole),
    seeds: z.array(whole),
  }),
  variants: z.array(z.strictObject({ name: z.string(), about: z.string().nullable() })),
  groups: z.array(group),
  comparisons: z.array(comparison),
  fronts: z.array(fronts),
  runs: z.array(run),
  /** The pools: per seed and size, the places in the named pool. */
  pools: z.array(z.strictObject({ seed: whole, poolSize: whole, operations: z.array(z.string()) })),
  /** The study as it was given, and the machine, where it ran on one. */
  study: z.record(z.string(), z.json()),
  made: z.strictObject({
    command: z.string(),
    host: z.record(z.string(), z.json()).nullable(),
    versions: z.record(z.string(), z.string()),
  }),
});

/** What report.json of a study holds. */
export type StudyReport = z.infer<typeof studyReportSchema>;
export type RunReport = StudyReport['runs'][number];
export type GroupReport = StudyReport['groups'][number];
export type RunRoundReport = z.infer<typeof round>;
export type ComparisonReport = StudyReport['comparisons'][number];
export type FrontsReport = StudyReport['fronts'][number];
export type EstimateReport = NonNullable<z.infer<typeof estimate>>;
export type RankReport = z.infer<typeof rank>;
