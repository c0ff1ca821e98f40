import { isDeepStrictEqual } from 'node:util';
import type { Architecture } from './architecture.js';
import { type Cost, macsCost } from './cost.js';
import { NseError } from './error.js';
import { macroNetwork } from './macro.js';
import type { MacroNetwork, NetworkSpec } from './network.js';
import type { Pool } from './operation.js';

/** Scales that are tried lie so many to 1 apart; the published 1.04 and 1.045 are among them. */
const STEPS = 200;
/** The largest scale that a spec may have. */
const MOST_SCALE = 16;

/** A macro network at another scale of its widths. */
export interface ScaledNetwork {
  /** Factor on every width but the first, in place of the spec's. */
  readonly scale: number;
  readonly network: MacroNetwork;
  readonly macs: Cost;
}

/**
 * The macro network of the spec, with its widths at another scale where one is given. Raises INVALID_ARGUMENT for `widthScale` where
 * it is not more than 0 and at most 16.
 */
export function networkAt(spec: NetworkSpec, scale: number | undefined): MacroNetwork {
  if (scale === undefined) return macroNetwork(spec);
  if (scale > 0 && scale <= MOST_SCALE) return macroNetwork({ ...spec, scale });
  const description = `got ${scale}; needs more than 0, at most ${MOST_SCALE}`;
  throw NseError.invalid([{ field: 'widthScale', description }]);
}

/**
 * The widths of a macro network, narrowest to widest, as far as they may be scaled for an architecture that was found in it: by
 * multiples of 0.005 up to 16, and the spec's own scale. A scale counts only where every cell keeps or lacks its identity as
 * before, so that all architectures stay what they are, and where the channels divide into the groups of every operation.
 */
export class WidthScales {
  private readonly own: MacroNetwork;
  private readonly scales: readonly number[];

  constructor(
    private readonly spec: NetworkSpec,
    private readonly pool: Pool,
  ) {
    this.own = macroNetwork(spec);
    const grid = Array.from({ length: MOST_SCALE * STEPS }, (_, step) => (step + 1) / STEPS);
    this.scales = [...new Set([...grid, spec.scale])].sort((a, b) => a - b);
  }

  /**
   * The largest scale at which the architecture costs at most so many MACs; undefined where it costs more at every scale. Where that
   * gives the widths of the spec's own scale, it is that one. Costs never fall as the scale rises, so it is found by halving.
   */
  largestWithin(architecture: Architecture, most: number): ScaledNetwork | undefined {
    let found: ScaledNetwork | undefined;
    let [low, high] = [0, this.scales.length - 1];
    while (low <= high) {
      let place = Math.floor((low + high) / 2);
      const next = place + 1;
      let scaled = this.at(place);
      // What does not count is passed by, down to where halving has come from below.
      while (scaled === undefined && place > low) scaled = this.at(--place);
      if (scaled !== undefined && scaled.macs.total(architecture) > most) {
        high = place - 1;
      } else {
        found = scaled ?? found;
        low = next;
      }
    }
    return found;
  }

  /** The narrowest of all. */
  narrowest(): ScaledNetwork {
    for (const place of this.scales.keys()) {
      const scaled = this.at(place);
      if (scaled !== undefined) return scaled;
    }
    throw new NseError('INTERNAL', "the network's own scale is none of its scales");
  }

  /** The network at that place among the scales; undefined where it does not count. */
  private at(place: number): ScaledNetwork | undefined {
    const scale = this.scales[place];
    if (scale === undefined) return undefined;
    const network = macroNetwork({ ...this.spec, scale });
    if (!isDeepStrictEqual(identitiesOf(network), identitiesOf(this.own))) return undefined;
    const macs = costIn(network, this.pool);
    if (macs === undefined) return undefined;
    const isOwn = isDeepStrictEqual(widthsOf(network), widthsOf(this.own));
    return { scale: isOwn ? this.spec.scale : scale, network, macs };
  }
}

/** Undefined where the channels do not divide into the groups of an operation. */
function costIn(network: MacroNetwork, pool: Pool): Cost | undefined {
  try {
    return macsCost(network, pool);
  } catch (error) {
    if (NseError.from(error).code === 'INVALID_ARGUMENT') return undefined;
    throw error;
  }
}

const identitiesOf = ({ cells }: MacroNetwork) => cells.map(({ identity }) => identity);

const widthsOf = ({ cells }: MacroNetwork) => cells.map(({ outChannels }) => outChannels);
