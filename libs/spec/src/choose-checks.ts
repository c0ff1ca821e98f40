import { type Violation, WidthScales } from '@nse/space';
import { type ChooseSettings } from './choose.js';
import { poolOf } from './pool-of.js';
import { costRange } from './reachable.js';
import { type SearchSpec } from './spec.js';

/** Scaling beside a latency budget, to what no width reaches, or a goal of scaling without it. */
export function chooseViolations(spec: SearchSpec): Violation[] {
  const { choose, constraint } = spec;
  if (choose === undefined) return [];
  const { scaleWidth, scaleTo } = choose;
  const fault = (field: keyof ChooseSettings, description: string): Violation[] => [
    { field: `choose.${field}`, description },
  ];
  if (!scaleWidth) {
    return scaleTo === undefined ? [] : fault('scaleTo', `got ${scaleTo}; only with scaleWidth`);
  }
  if (constraint.latency !== undefined) {
    return fault(
      'scaleWidth',
      'got true; needs a budget of macs alone: no latency table prices other widths',
    );
  }
  // Whatever costs the target is within the target already.
  if (scaleTo === undefined || scaleTo >= (constraint.macs?.target ?? 0)) return [];
  const pool = poolOf(spec);
  const { network, macs } = new WidthScales(spec.network, pool).narrowest();
  const { min } = costRange(network, pool, macs, 1);
  return scaleTo >= min
    ? []
    : fault('scaleTo', `got ${scaleTo}; at its narrowest an architecture of this network costs from ${min}`);
}
