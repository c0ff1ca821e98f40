import { NseError } from '@nse/space';
import { updates } from './updates.js';

/** A stream that gives each list in turn, one a call; an error in it breaks the stream. */
function stream(...calls: (number | Error)[][]) {
  let opened = 0;
  return async function* () {
    for (const part of calls[opened++] ?? []) {
      await Promise.resolve();
      if (part instanceof Error) throw part;
      yield part;
    }
  };
}

async function all(open: () => AsyncGenerator<number, void>, signal = new AbortController().signal) {
  const got: number[] = [];
  for await (const update of updates(open, (one) => one === 9, signal)) got.push(update);
  return got;
}

const gone = new NseError('UNAVAILABLE', 'the server stops');

describe('updates', () => {
  it('end with the last one, whatever would come then', async () => {
    expect(await all(stream([1, 9, 2]))).toEqual([1, 9]);
  });

  it('go on where the stream breaks or ends too early', async () => {
    expect(await all(stream([1, gone], [2], [9]))).toEqual([1, 2, 9]);
  });

  it('raise what will not pass', async () => {
    await expect(all(stream([1, new NseError('NOT_FOUND', 'none')]))).rejects.toThrow('none');
  });

  it('end with the signal', async () => {
    await expect(all(stream([gone]), AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
