import { type Violation } from '@nse/space';
import { type SpecDraft } from './schema.js';
import { type SearchSpec } from './spec.js';

type LatencyDraft = NonNullable<SpecDraft['constraint']['latency']>;

/** What of the constraint is missing, or has no meaning beside the rest. */
export function constraintViolations({ constraint: { macs, latency } }: SpecDraft): Violation[] {
  if (latency !== undefined) return latencyViolations(latency);
  if (macs !== undefined) return [];
  return [{ field: 'constraint', description: 'got neither; needs macs, latency or both' }];
}

function latencyViolations(latency: LatencyDraft): Violation[] {
  const { device, table, targetMs, likeMacs } = latency;
  const found: Violation[] = [];
  const fault = (field: string, description: string) =>
    found.push({ field: `constraint.latency${field}`, description });
  if (device === undefined && table === undefined) fault('', 'got neither; needs device, table or both');
  if (targetMs === undefined && likeMacs === undefined) fault('', 'needs targetMs or likeMacs');
  for (const key of ['remeasure', 'threads'] as const) {
    const got = latency[key];
    if (device === undefined && got !== undefined) fault(`.${key}`, `got ${got}; only a device can measure`);
  }
  return found;
}

/** A drift that is no less than its target would let everything in. */
export function driftViolations({ constraint: { macs, latency } }: SearchSpec): Violation[] {
  const violations = (field: string, drift: number | undefined, target: number | undefined): Violation[] =>
    drift === undefined || target === undefined || drift < target
      ? []
      : [
          {
            field: `constraint.${field}`,
            description: `got ${drift}; needs less than the target, ${target}`,
          },
        ];
  return [
    ...violations('macs.drift', macs?.drift, macs?.target),
    ...violations('latency.driftMs', latency?.driftMs, latency?.targetMs),
  ];
}
