import { NseError, type Violation } from '@nse/space';
import { parseSpec, presetNamed, type SearchSpec } from '@nse/spec';
import { budgetFields, poolFields } from './budget.js';
import { merged } from './merge.js';
import { invalidStudy } from './parse.js';
import { poolPlaces } from './pool-places.js';
import { nestedPools } from './pools.js';
import { isRich } from './reach.js';
import { fingerprintOf, runName, searchIdOf, specName } from './run-id.js';
import type { Axes, ChosenRuns, SpecFields, Study } from './schema.js';

/** More that is done after a run's search. */
export interface Further {
  readonly architectures: number;
  /** Epochs of each training from scratch; the spec's where absent. */
  readonly epochs?: number;
}

/** One run of a study. */
export interface StudyRun {
  readonly name: string;
  /** The id of its search. */
  readonly search: string;
  /** Tells it from the run of that name in a study that was changed. */
  readonly fingerprint: string;
  /** Null for a run without a variant. */
  readonly variant: string | null;
  readonly method: string;
  readonly poolSize: number;
  readonly seed: number;
  readonly spec: SearchSpec;
  /** Architectures to correlate ranks by; absent where none are asked for. */
  readonly rank?: Further;
  /** Points of each front to train from scratch; absent where none are asked for. */
  readonly fronts?: Further;
}

type Place = Pick<StudyRun, 'variant' | 'method' | 'poolSize' | 'seed'>;

/** Random orders of the pool that are tried for pools in which every run can meet the budget. */
const MOST_DRAWS = 200;

/**
 * The runs of a study, seed by seed and from small pools to large ones, so that what is done first can be compared first. All runs of
 * one seed share its pools. Raises INVALID_ARGUMENT for a base that is no sound spec, and where no pools were found in which every
 * run can meet the budget.
 */
export function runsOf(study: Study): StudyRun[] {
  const base = baseFields(study);
  const { seeds, poolSizes } = study.axes;
  const places = poolPlaces(base, poolSizes);
  return seeds.flatMap((seed) => runsOfSeed(study, base, places, seed));
}

/** The spec that every run is made from, as written. */
function baseFields({ base: { preset, spec, set } }: Study): SpecFields {
  const written = preset === undefined ? (spec ?? {}) : plainJson(presetNamed(preset));
  return merged(written, set);
}

function plainJson(value: unknown): SpecFields {
  return JSON.parse(JSON.stringify(value)) as SpecFields;
}

function runsOfSeed(study: Study, base: SpecFields, places: readonly number[], seed: number): StudyRun[] {
  const wanted = placesOf(study, seed);
  let failure: NseError | undefined;
  for (let attempt = 0; attempt < MOST_DRAWS; attempt++) {
    const pools = nestedPools(places, study.axes.poolSizes, { study: study.seed, seed, attempt });
    try {
      return wanted.map((place) => runOf(study, base, place, chosenPlaces(pools, place, places)));
    } catch (error) {
      failure = NseError.from(error);
      if (failure.reason !== UNREACHABLE) throw failure;
    }
  }
  throw failure ?? new NseError('INTERNAL', 'no pools were drawn');
}

/** The places of a pool; undefined for the whole. */
function chosenPlaces(
  pools: ReadonlyMap<number, readonly number[]>,
  { poolSize }: Place,
  all: readonly number[],
): readonly number[] | undefined {
  return poolSize === all.length ? undefined : pools.get(poolSize);
}

function placesOf({ axes, plain, variants }: Study, seed: number): Place[] {
  const sets = [
    ...(plain ? [{ variant: null, part: axes }] : []),
    ...variants.map((one) => ({ variant: one.name, part: { ...axes, ...partOf(one) } })),
  ];
  return axes.poolSizes
    .toSorted((a, b) => a - b)
    .flatMap((poolSize) =>
      sets.flatMap(({ variant, part }) =>
        part.poolSizes.includes(poolSize) && part.seeds.includes(seed)
          ? part.methods.map((method) => ({ variant, method, poolSize, seed }))
          : [],
      ),
    );
}

/** The axes' values that a variant names. */
function partOf({ methods, poolSizes, seeds }: Partial<Axes>): Partial<Axes> {
  return {
    ...(methods === undefined ? {} : { methods }),
    ...(poolSizes === undefined ? {} : { poolSizes }),
    ...(seeds === undefined ? {} : { seeds }),
  };
}

function runOf(
  study: Study,
  base: SpecFields,
  place: Place,
  onlyOperations: readonly number[] | undefined,
): StudyRun {
  const { variant, method, poolSize, seed } = place;
  const name = runName(variant, method, poolSize, seed);
  const { written, spec } = specOf(study, base, place, name, onlyOperations);
  const more = {
    ...further('rank', study.rank?.architectures, study.rank, place),
    ...further('fronts', study.fronts?.retrain, study.fronts, place),
  };
  // Of what is written: a later version that knows more fields, with defaults, leaves it as it is.
  const fingerprint = fingerprintOf({ spec: written, ...more });
  return { name, search: searchIdOf(study.name, name, fingerprint), fingerprint, ...place, spec, ...more };
}

function specOf(
  study: Study,
  base: SpecFields,
  { variant, method, poolSize, seed }: Place,
  name: string,
  onlyOperations: readonly number[] | undefined,
): { readonly written: SpecFields; readonly spec: SearchSpec } {
  const patches = [
    study.ofMethod[method] ?? {},
    study.variants.find((one) => one.name === variant)?.set ?? {},
    { name: specName(study.name, name), seed, method },
    onlyOperations === undefined ? {} : { onlyOperations: [...onlyOperations] },
  ];
  const fields = poolFields(base, patches, poolSize);
  const written = merged(fields, budgetFields(fields, checked(fields, name), study.budget));
  const spec = checked(written, name);
  if (isRich(spec)) return { written, spec };
  throw new NseError('INVALID_ARGUMENT', `run ${name}: its pool holds hardly anything within the budget`, {
    reason: UNREACHABLE,
  });
}

/** The `reason` of an error that another draw of the pools may mend. */
const UNREACHABLE = 'PoolMissesBudget';

/** The spec, with the run named where it is wrong. */
function checked(written: SpecFields, run: string): SearchSpec {
  try {
    return parseSpec(written);
  } catch (error) {
    const { code, violations, message } = NseError.from(error);
    if (code !== 'INVALID_ARGUMENT' || violations.length === 0) throw error;
    if (violations.every(isOfBudget)) {
      throw new NseError('INVALID_ARGUMENT', `run ${run}: ${message}`, { reason: UNREACHABLE, violations });
    }
    throw invalidStudy(
      violations.map(({ field, description }) => ({ field: `base.${field} (run ${run})`, description })),
    );
  }
}

/** Whether it is the pool that keeps the run from its budget. */
const isOfBudget = ({ field }: Violation) => field.startsWith('constraint.');

function further<K extends 'rank' | 'fronts'>(
  key: K,
  architectures: number | undefined,
  chosen: (ChosenRuns & { readonly epochs?: number }) | undefined,
  { variant, method, poolSize, seed }: Place,
): Partial<Record<K, Further>> {
  if (chosen === undefined || architectures === undefined) return {};
  const { variants = ['plain'], methods, poolSizes, seeds, epochs } = chosen;
  const isChosen =
    variants.includes(variant ?? 'plain') &&
    (methods?.includes(method) ?? true) &&
    (poolSizes?.includes(poolSize) ?? true) &&
    (seeds?.includes(seed) ?? true);
  if (!isChosen) return {};
  const asked: Further = { architectures, ...(epochs === undefined ? {} : { epochs }) };
  return { [key]: asked } as Record<K, Further>;
}
