import { parseStudy } from '../parse.js';
import type { RunResult, Succeeded } from '../result.js';
import type { StudyRun } from '../expand.js';
import type { Study } from '../schema.js';

/** A study of two methods on two pools with two seeds, as a user would write it. */
export const sampleFields = {
  name: 'sample',
  base: { preset: 'fashion-mnist' },
  axes: { methods: ['nse', 'nse-single'], poolSizes: [5, 9], seeds: [1, 2] },
  budget: { steps: 600 },
};

/** It, with some fields in place of its own. */
export function sampleStudy(changes: Readonly<Record<string, unknown>> = {}): Study {
  return parseStudy({ ...sampleFields, ...changes });
}

/** What could have come of a run: `accuracy` after training from scratch, fronts of two points in every round. */
export function sampleResult(
  { name, search, fingerprint, variant, method, poolSize, seed, spec, rank, fronts }: StudyRun,
  accuracy: number,
): Succeeded {
  const point = (code: string, cost: number, score: number) => ({
    code,
    cost,
    macs: cost,
    accuracy: score,
    round: 1,
  });
  const rounds = Array.from({ length: spec.rounds }, (_, index) => ({
    round: index + 1,
    steps: 100,
    scored: 64,
    bestAccuracy: 0.5 + index / 100,
    front: [point('a', 3.8e6, 0.45), point('b', 4e6, 0.5 + index / 100)],
    seconds: { train: 10, evaluate: 5 },
    peakMemoryBytes: { train: 5e8 + poolSize, evaluate: null },
  }));
  const trained = { macs: 4e6, params: 50_000, seconds: 20 };
  return {
    schema: 1,
    study: 'sample',
    run: name,
    fingerprint,
    search,
    variant,
    method,
    poolSize,
    seed,
    spec: JSON.parse(JSON.stringify(spec)) as Succeeded['spec'],
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:01:00.000Z',
    state: 'succeeded',
    chosen: { ...trained, code: 'b', cost: 4e6, supernetAccuracy: 0.5, testAccuracy: accuracy },
    random: { ...trained, code: 'c', testAccuracy: accuracy - 0.01 },
    rounds,
    rank:
      rank === undefined
        ? null
        : {
            round: rounds.length,
            epochs: 1,
            architectures: Array.from({ length: rank.architectures }, (_, index) => ({
              code: `r${index}`,
              cost: 4e6,
              supernetAccuracy: 0.4 + index / 1000,
              testAccuracy: 0.8 + ((index * 7) % rank.architectures) / 1000,
            })),
          },
    fronts:
      fronts === undefined
        ? null
        : {
            epochs: 1,
            rounds: rounds.map(() => ['a', 'b']),
            models: [
              { code: 'a', cost: 3.8e6, testAccuracy: accuracy - 0.02 },
              { code: 'b', cost: 4e6, testAccuracy: accuracy },
            ],
          },
  };
}

/** A run that failed. */
export function failedResult({ chosen: _, ...rest }: Succeeded, reason: string): RunResult {
  const {
    schema,
    study,
    run,
    fingerprint,
    search,
    variant,
    method,
    poolSize,
    seed,
    spec,
    startedAt,
    endedAt,
  } = rest;
  const facts = {
    schema,
    study,
    run,
    fingerprint,
    search,
    variant,
    method,
    poolSize,
    seed,
    spec,
    startedAt,
    endedAt,
  };
  return { ...facts, state: 'failed', failure: { stage: 'train', round: 1, reason } };
}
