import { randomFrom } from '@nse/space';
import { failpointNames } from '@nse/telemetry';
import { allPoints, drawKill, drawOther, nameOf } from './draw.js';
import { quantile } from './recovery.js';

describe('drawn faults', () => {
  const names = (seed: number) => {
    const random = randomFrom(seed, 'faults');
    return Array.from({ length: 400 }, () => [nameOf(drawKill(random)), nameOf(drawOther(random))]).flat();
  };

  it('are the same for the same seed, and others for another', () => {
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
  });

  it('are of every kind', () => {
    const drawn = new Set(names(1));
    for (const kind of [
      'kill worker',
      'kill nats-server',
      'stale worker',
      'doubled',
      'late',
      'pause',
      'kill at a failpoint',
      'error at a failpoint',
      'kill retrainer',
    ])
      expect(drawn).toContain(kind);
  });
});

describe('the table of failpoints', () => {
  it('has every point, in a service or a worker', () => {
    expect(new Set(allPoints.map(({ point }) => point))).toEqual(new Set(failpointNames));
  });
});

describe('a quantile', () => {
  it('is a value that so many do not exceed', () => {
    const values = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect([0.5, 0.99, 1].map((part) => quantile(values, part))).toEqual([50, 99, 100]);
    expect(quantile([], 0.5)).toBe(0);
  });
});
