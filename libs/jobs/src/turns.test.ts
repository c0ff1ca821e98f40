import { Turns } from './turns.js';

const never = new AbortController().signal;

describe('turns', () => {
  it('let so many in at once, and then one for each that leaves, in order', async () => {
    const turns = new Turns(2);
    const inside: number[] = [];
    const leaves: (() => void)[] = [];
    const all = [0, 1, 2, 3].map(async (index) => {
      const leave = await turns.take(never);
      inside.push(index);
      if (leave !== undefined) leaves.push(leave);
    });
    await Promise.all(all.slice(0, 2));
    expect(inside).toEqual([0, 1]);
    leaves[0]?.();
    await all[2];
    expect(inside).toEqual([0, 1, 2]);
    leaves[1]?.();
    await all[3];
    expect(inside).toEqual([0, 1, 2, 3]);
  });

  it('are given up by whoever is told to stop, and go to the next', async () => {
    const turns = new Turns(1);
    const leave = await turns.take(never);
    const abort = new AbortController();
    const stopped = turns.take(abort.signal);
    const next = turns.take(never);
    abort.abort();
    expect(await stopped).toBeUndefined();
    expect(await turns.take(abort.signal)).toBeUndefined();
    leave?.();
    expect(await next).toBeDefined();
  });
});
