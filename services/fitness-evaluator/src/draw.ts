import type { FrontPoint, SupernetTrained } from '@nse/messaging';
import {
  type Architecture,
  type Choice,
  type Cost,
  decodeArchitecture,
  encodeArchitecture,
  extraBand,
  fitnessChoices,
  type MacroNetwork,
  macsCost,
  type Pool,
  randomFrom,
  sampleWithin,
  singleChoices,
  targetBand,
} from '@nse/space';
import { budgetOf, learnsFitness, macsLimits, type SearchSpec } from '@nse/spec';

/** An architecture to be scored. */
export interface Candidate {
  readonly architecture: Architecture;
  readonly code: string;
  /** In the unit of the constraint. */
  readonly cost: number;
  readonly macs: number;
  readonly origin: 'sampled' | 'extra' | 'front';
}

export interface DrawInput extends Pick<SupernetTrained, 'subsets' | 'logits' | 'round'> {
  readonly spec: SearchSpec;
  readonly network: MacroNetwork;
  readonly pool: Pool;
  readonly cost: Cost;
  readonly oldFront: readonly FrontPoint[];
}

/**
 * The architectures to score in a round (algorithm page, "One round", 3): distinct ones from the fitness distribution inside the
 * band and under the limit of MACs where there is one, some more from just below the band, and the last front. An architecture of the last front that is drawn again is scored as both.
 * Raises `BudgetUnreachable` (FAILED_PRECONDITION) where the subsets hold nothing in the band.
 */
export function drawCandidates(input: DrawInput): Candidate[] {
  const { spec, cost, round } = input;
  const { target, drift } = budgetOf(spec.constraint);
  const { architectures, extra, extraDrift = drift } = spec.evaluate;
  const choices = choicesOf(input);
  const draw = (band: ReturnType<typeof targetBand>, number: number, origin: 'sampled' | 'extra') =>
    sampleWithin(band, {
      choices,
      cost,
      limits: macsLimits(spec, input.network, input.pool),
      number,
      random: randomFrom(spec.seed, 'evaluate', round, origin),
    }).map(({ architecture }) => candidateOf(input, architecture, origin));
  const sampled = draw(targetBand(target, drift), architectures, 'sampled');
  return [
    ...sampled,
    ...drawExtras(() => draw(extraBand(target, drift, extraDrift), extra, 'extra')),
    ...old(input),
  ];
}

/** Extras only shield the front's cheap edge: where nothing lies below the band, there is nothing to shield it from. */
function drawExtras(draw: () => Candidate[]): Candidate[] {
  try {
    return draw();
  } catch (error) {
    if (error instanceof Error && 'reason' in error && error.reason === 'BudgetUnreachable') return [];
    throw error;
  }
}

function choicesOf({ spec, network, subsets, logits }: DrawInput): readonly Choice[] {
  return learnsFitness(spec.method)
    ? fitnessChoices(network.cells, subsets, logits)
    : singleChoices(network.cells, subsets);
}

function old(input: DrawInput): Candidate[] {
  return input.oldFront.map(({ code }) =>
    candidateOf(input, decodeArchitecture(code, input.network, input.pool), 'front'),
  );
}

/** The architecture with what it costs. */
export function candidateOf(
  { network, pool, cost }: DrawInput,
  architecture: Architecture,
  origin: Candidate['origin'],
): Candidate {
  const macs = macsCost(network, pool).total(architecture);
  return {
    architecture,
    code: encodeArchitecture(architecture),
    cost: cost.total(architecture),
    macs,
    origin,
  };
}
