import { z } from 'zod';
import { METHOD_NAMES } from './method.js';

const whole = z.int().nonnegative();
const operations = z.array(whole);
/** Per cell, pool indices. */
const cellSets = z.array(operations);
/** Per cell, one number for each operation of the round's subset; null once the operation was pruned. */
const cellScores = z.array(z.array(z.number().nullable()));
const text = z.string();

const curvePoint = z.strictObject({
  step: whole,
  /** Null where it was not finite: a diverged training can still be reported. */
  loss: z.number().nullable(),
  /** Share of the batch (or of the held-out images) that was right. */
  accuracy: z.number().nullable().exactOptional(),
  learningRate: z.number().exactOptional(),
});

const frontPoint = z.strictObject({
  code: text,
  macs: z.number().nonnegative(),
  /** On the held-out images, with the weights of that round's supernet; 0 to 1. */
  accuracy: z.number(),
  /** The cost that was searched under, where it is not MACs. */
  latencyMs: z.number().exactOptional(),
});

const space = z.strictObject({
  /** What the supernet held when the round began. */
  subsets: cellSets,
  /** Those of `subsets` that no earlier round had. */
  tried: cellSets,
  /** Those of `subsets` that the optimized space holds after the round; while shrinking, those that the next round begins with. */
  kept: cellSets,
  /** Those of `subsets` that it does not hold; `pruned` are among them. */
  dropped: cellSets,
  /** Those that left while the supernet was trained. */
  pruned: cellSets,
  /** Per cell, the union of the front's operations; while shrinking, what is left. */
  optimized: cellSets,
});

const round = z.strictObject({
  round: z.int().positive(),
  front: z.array(frontPoint),
  /** How many architectures were scored. */
  scored: whole,
  bestAccuracy: z.number().nullable(),
  space,
  /** Fitness logits at the end of the round; empty for methods other than `nse`, which learn none. */
  logits: cellScores,
  /** The same as the chance that the operation is on. */
  fitness: cellScores,
  curve: z.array(curvePoint),
  /** [macs or ms, accuracy] of every architecture scored, where kept. */
  scores: z.array(z.tuple([z.number(), z.number()])).exactOptional(),
});

const part = { macs: z.number().nonnegative(), params: whole };

const architecture = z.strictObject({
  code: text,
  ...part,
  latencyMs: z.number().exactOptional(),
  /** With the weights of the last supernet, where it was scored. */
  accuracy: z.number().exactOptional(),
  cells: z.array(z.strictObject({ operations, ...part })),
});

const trained = {
  /** After training from scratch, on test images that nothing else has seen; 0 to 1. */
  testAccuracy: z.number(),
  curve: z.array(curvePoint),
};

/** What an architecture takes, in milliseconds: by the table, and on the device where it was measured there. */
const latencyFigures = z.strictObject({
  code: text,
  predictedMs: z.number(),
  measuredMs: z.number().exactOptional(),
  /** 95 % interval of the median that was measured. */
  lowMs: z.number().exactOptional(),
  highMs: z.number().exactOptional(),
  runs: whole.exactOptional(),
});

/** How far the table can be trusted, by whole architectures that its correction was not fitted to. */
const trust = z.strictObject({
  fitted: whole,
  judged: whole,
  /** Shares of predictions that are at most 5 and 10 % off. */
  within5: z.number(),
  within10: z.number(),
  kendall: z.number().exactOptional(),
  spearman: z.number().exactOptional(),
  /** (predicted - measured) / measured of the one that is farthest off. */
  worstError: z.number(),
  worstCode: text,
  /** [predicted, measured] in milliseconds of each that was judged, where known. */
  pairs: z.array(z.tuple([z.number(), z.number()])).exactOptional(),
});

const latency = z.strictObject({
  /** Empty where the budget goes by a table alone. */
  device: text,
  table: text,
  chosen: latencyFigures,
  random: latencyFigures.nullable(),
  /** All that was measured before the choice. */
  measured: z.array(latencyFigures),
  /** Whether what was measured of the chosen one is within 10 % of the target. */
  withinTenPercent: z.boolean().exactOptional(),
  note: text,
  /** Where times were scaled to be as at the table's pace: by what, and by how many architectures of it that were measured again. */
  pace: z.strictObject({ scale: z.number().positive(), architectures: whole }).exactOptional(),
  trust: trust.exactOptional(),
});

const shape = z.strictObject({
  stem: z.strictObject({ channels: whole, stride: z.int().positive(), sizeOut: whole, ...part }),
  cells: z.array(
    z.strictObject({
      kind: z.enum(['N', 'E', 'R']),
      inChannels: whole,
      outChannels: whole,
      stride: z.int().positive(),
      sizeIn: whole,
      sizeOut: whole,
      identity: z.boolean(),
    }),
  ),
  /** The last convolution, pooling and the classifier together. */
  tail: z.strictObject({ channels: whole, classes: whole, ...part }),
});

/** How widths were scaled for the chosen architecture and the random one, whose figures are those after scaling. */
const scaled = z.strictObject({
  /** In place of the spec's `network.scale`. */
  scale: z.number().positive(),
  /** MACs that the chosen one was to cost at most. */
  goal: z.number(),
  /** MACs of the chosen one with the widths of the search. */
  searchedMacs: z.number().nonnegative(),
  network: shape,
});

/** The schema of report.json. Unknown fields are refused; every number is finite. */
export const reportSchema = z.strictObject({
  schema: z.literal(1),
  name: text,
  seed: whole,
  method: z.enum(METHOD_NAMES),
  /** What a reader must know of this run, such as that it was a quick one. */
  notes: z.array(text),
  /** The commands that made the run and that repeat it, without output folders. */
  commands: z.array(text),
  chosen: architecture,
  retrain: z.strictObject(trained),
  random: z.strictObject({ ...architecture.shape, ...trained }).nullable(),
  /** Of searches under a latency budget. */
  latency: latency.exactOptional(),
  constraint: z.strictObject({ unit: z.enum(['macs', 'ms']), target: z.number(), drift: z.number() }),
  dataset: z.strictObject({
    kind: text,
    classes: z.array(text),
    imageSize: whole,
    channels: whole,
    train: whole,
    heldOut: whole,
    test: whole,
    /** How the split was made. */
    split: text,
  }),
  pool: z.strictObject({ name: text, operations: z.array(text) }),
  /** What was searched in. */
  network: shape,
  /** Of searches that scale widths. */
  scaled: scaled.exactOptional(),
  rounds: z.array(round),
  /** The whole spec, defaults filled in. */
  spec: z.record(z.string(), z.json()),
  versions: z.record(z.string(), z.string()),
  startedAt: z.iso.datetime(),
  seconds: z.strictObject({
    total: z.number().nonnegative(),
    byStage: z.record(z.string(), z.number()),
    /** Per round, by stage. */
    rounds: z.array(z.record(z.string(), z.number())),
  }),
  host: z.strictObject({
    platform: text,
    cores: whole,
    threads: whole,
    memoryBytes: whole,
    peakMemoryBytes: whole.exactOptional(),
    backend: text,
    gpu: text.exactOptional(),
  }),
});
