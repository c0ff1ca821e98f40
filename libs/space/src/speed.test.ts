import { targetBand } from './band.js';
import { fitnessChoices } from './choice.js';
import { macsCost } from './cost.js';
import { paretoFront } from './front.js';
import { macroNetwork } from './macro.js';
import { POOLS } from './pool.js';
import { PUBLISHED } from './published.js';
import { randomFrom } from './random.js';
import { firstSpace } from './space.js';
import { sampleWithin } from './within.js';

const SLACK = 2;

/** Processor time, not wall time: other work may share the machine. */
function secondsOf(action: () => void): number {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

describe('speed', () => {
  test('2,000 distinct architectures within 10 M of NSENet are sampled and costed in 2 s', () => {
    const { pool: name, network: spec, macs } = PUBLISHED.NSENet;
    const network = macroNetwork(spec);
    const pool = POOLS[name];
    let found = 0;
    const seconds = secondsOf(() => {
      const cost = macsCost(network, pool);
      const { subsets } = firstSpace(network.cells.length, pool.operations.length, 5, randomFrom(1));
      const choices = fitnessChoices(network.cells, subsets);
      found = sampleWithin(targetBand(macs, 10e6), {
        choices,
        cost,
        number: 2000,
        random: randomFrom(2),
      }).length;
    });
    expect(found).toBe(2000);
    expect(seconds).toBeLessThan(2 * SLACK);
  });

  test('the front of 10,000 points takes 20 ms', () => {
    const random = randomFrom(3);
    const points = Array.from({ length: 10_000 }, () => ({
      cost: random.below(1e6),
      accuracy: random.next(),
    }));
    const seconds = Array.from({ length: 5 }, () => secondsOf(() => paretoFront(points)));
    expect(Math.min(...seconds)).toBeLessThan(0.02 * SLACK);
  });
});
