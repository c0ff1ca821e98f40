import { z } from 'zod';

/** Fields of a search spec, as a user writes them: nested, whatever is left out stays as it is. */
const fields = z.record(z.string(), z.json());

const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?$/, 'lower-case letters, digits and inner dashes, at most 24');

const method = z.string().min(1).max(40);
const poolSize = z.int().min(2).max(256);
const seed = z.int().min(0).max(0xffff_ffff);

const distinct = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .min(1)
    .refine((items) => new Set(items).size === items.length, 'each once');

/** What every run is one of: a method on a pool of that size with that seed. */
const axes = z.strictObject({
  methods: distinct(method),
  /** Operations of the pool: n of it, drawn anew for each seed, the smaller ones within the larger ones. */
  poolSizes: distinct(poolSize),
  seeds: distinct(seed),
});

/** Some of the axes' values; what is left out means all. */
const part = z.strictObject({
  methods: distinct(method).exactOptional(),
  poolSizes: distinct(poolSize).exactOptional(),
  seeds: distinct(seed).exactOptional(),
});

const variant = z.strictObject({
  name,
  about: z.string().exactOptional(),
  /** What is different of the spec. */
  set: fields,
  ...part.shape,
});

/** A training that is shorter than the spec's, where there are many. */
const epochs = z.number().positive().max(100_000).exactOptional();

/** Which runs: those of the plain study (`plain`, the default) or of the variants named here, and of these the values of the axes. */
const chosenRuns = { variants: distinct(z.string()).exactOptional(), ...part.shape };

/** study.yaml. Fields and units: docs/studies.md. */
export const studySchema = z.strictObject({
  name,
  about: z.string().exactOptional(),
  /** What pools and ranked architectures are drawn by, beside the runs' own seeds. */
  seed: seed.default(1),
  /** The search that all runs are made from: a preset or a whole spec, and what is different. */
  base: z
    .strictObject({
      preset: z.string().exactOptional(),
      spec: fields.exactOptional(),
      set: fields.default({}),
    })
    .refine(
      ({ preset, spec }) => (preset === undefined) !== (spec === undefined),
      'preset or spec, and not both',
    ),
  axes,
  /** What is different of the spec for one method alone, such as its own settings. */
  ofMethod: z.record(method, fields).default({}),
  /** Whether the axes are run without a variant, too. */
  plain: z.boolean().default(true),
  variants: z
    .array(variant)
    .default([])
    .refine((all) => new Set(all.map((one) => one.name)).size === all.length, 'names are different'),
  budget: z.strictObject({
    /** Steps of training shared weights in each run, over all its rounds. */
    steps: z.int().min(1).max(1e9),
    /** Architectures scored in each run, over all its rounds. Left out: as the spec says, for each round. */
    architectures: z.int().min(1).max(1e6).exactOptional(),
  }),
  /** Rank correlation between the scores of a supernet and the accuracies after training from scratch. */
  rank: z
    .strictObject({
      /** How many are drawn, uniformly from the band of the run's last supernet. */
      architectures: z.int().min(2).max(1000).default(20),
      epochs,
      ...chosenRuns,
    })
    .exactOptional(),
  /** Points of every round's front that are trained from scratch, so that rounds can be compared. */
  fronts: z
    .strictObject({
      retrain: z.int().min(1).max(100),
      epochs,
      ...chosenRuns,
    })
    .exactOptional(),
});

/** A study with its defaults. */
export type Study = z.infer<typeof studySchema>;
export type Axes = Study['axes'];
export type Variant = Study['variants'][number];
/** Which runs something more is done for. */
export type ChosenRuns = Partial<Axes> & { readonly variants?: readonly string[] };
/** Fields of a spec as written. */
export type SpecFields = z.infer<typeof fields>;
