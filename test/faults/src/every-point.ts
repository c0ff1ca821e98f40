import { existsSync } from 'node:fs';
import { arm, disarm } from '@nse/telemetry';
import { allPoints } from './draw.js';
import { gather } from './evidence.js';
import { specs } from './specs.js';
import { FaultySystem } from './system.js';
import { violationsOf } from './validators.js';

export interface EveryPointResult {
  /** `<program> at <point>` */
  readonly fired: readonly string[];
  readonly violations: readonly string[];
  readonly seconds: number;
}

const OVER_WITHIN_MS = 1_200_000;

/** Kills every program once at each point that it passes, those before in one search and those after in another. */
export async function everyPoint(
  say: (line: string) => void,
  points: readonly (typeof allPoints)[number][] = allPoints,
): Promise<EveryPointResult> {
  const started = performance.now();
  const system = await FaultySystem.start();
  const fired: string[] = [];
  const violations: string[] = [];
  try {
    const undisturbed = await searchedBy('plain-points');
    for (const when of ['before', 'after']) {
      const files = new Map(
        points
          .filter(({ point }) => point.endsWith(when))
          .map((where) => [
            `${where.program} at ${where.point}`,
            arm(system.failpoints, { ...where, action: 'kill' }),
          ]),
      );
      violations.push(...violationsOf(await searchedBy(`points-${when}`), undisturbed));
      for (const [name, file] of files) {
        if (!existsSync(file)) fired.push(name);
        else if (disarm(file)) violations.push(`${name} was never passed`);
      }
    }
  } finally {
    violations.push(...(await system.stop()).map(({ command }) => `still runs after the end: ${command}`));
  }
  return { fired, violations, seconds: (performance.now() - started) / 1000 };

  async function searchedBy(search: string) {
    const spec = specs['nse'];
    if (spec === undefined) throw new RangeError('there is no spec nse');
    await system.create(search, spec);
    say(`${search}: ${await system.until(search, 'SUCCEEDED', OVER_WITHIN_MS)}`);
    return await gather(system.bus, system.nats, search);
  }
}
