import type { Clock } from '../clock.js';
import { Patience } from './patience.js';

const signal = new AbortController().signal;

class TestClock implements Clock {
  ms = 0;
  now(): number {
    return this.ms;
  }
  wait(ms: number): Promise<void> {
    this.ms += ms;
    return Promise.resolve();
  }
}

/** A call that measures and waits for so long. */
async function call(patience: Patience, time: TestClock, { measuredMs = 0, waitedMs = 0 }): Promise<void> {
  const { clock, over } = patience.clockOf(time);
  time.ms += measuredMs;
  await clock.wait(waitedMs, signal);
  over();
}

describe('Patience', () => {
  it('is spent by waiting and earned by measuring', async () => {
    const [patience, clock] = [new Patience(), new TestClock()];
    const first = patience.maxWaitMs;
    await call(patience, clock, { waitedMs: 4_000 });
    expect(patience.maxWaitMs).toBe(first - 4_000);
    await call(patience, clock, { measuredMs: 1_000 });
    expect(patience.maxWaitMs).toBe(first - 4_000 + 2_000);
  });

  it('has an end: a host that is never calm is waited for no longer than in proportion to what is measured', async () => {
    const [patience, clock] = [new Patience(), new TestClock()];
    const first = patience.maxWaitMs;
    let waitedMs = 0;
    for (let count = 0; count < 50; count++) {
      waitedMs += patience.maxWaitMs;
      await call(patience, clock, { measuredMs: 1_000, waitedMs: patience.maxWaitMs });
    }
    expect(waitedMs).toBeLessThanOrEqual(first + 50 * 2_000);
    for (let count = 0; count < 50; count++) await call(patience, clock, { measuredMs: 10_000 });
    // Calm hours do not add up to an hour of waiting.
    expect(patience.maxWaitMs).toBe(45_000);
  });
});
