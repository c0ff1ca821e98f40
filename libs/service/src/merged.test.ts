import { setTimeout as delay } from 'node:timers/promises';
import { merged } from './merged.js';

async function* counting(name: string, to: number, everyMs: number): AsyncGenerator<string, void> {
  for (let count = 1; count <= to; count++) {
    await delay(everyMs);
    yield `${name}${count}`;
  }
}

async function* forever(signal: AbortSignal): AsyncGenerator<string, void> {
  await delay(60_000, undefined, { signal }).catch(() => undefined);
  yield* [];
}

async function* failing(afterMs: number): AsyncGenerator<string, void> {
  await delay(afterMs);
  yield* [];
  throw new Error('gone');
}

describe('merged sources', () => {
  it('give every item of each source, in its order', async () => {
    const abort = new AbortController();
    // None ends before all is read: the first that did would end the whole.
    const open = async function* (name: string, everyMs: number) {
      yield* counting(name, 3, everyMs);
      yield* forever(abort.signal);
    };
    const items: string[] = [];
    for await (const item of merged(open('a', 5), open('b', 7), forever(abort.signal))) {
      items.push(item);
      if (items.length === 6) break;
    }
    abort.abort();
    for (const name of ['a', 'b']) {
      expect(items.filter((item) => item.startsWith(name))).toEqual([`${name}1`, `${name}2`, `${name}3`]);
    }
  });

  it('end with the source that ends first', async () => {
    const abort = new AbortController();
    const items: string[] = [];
    for await (const item of merged(counting('a', 2, 1), forever(abort.signal))) items.push(item);
    abort.abort();
    expect(items).toEqual(['a1', 'a2']);
  });

  it('fail with the source that fails', async () => {
    const items: string[] = [];
    const read = async () => {
      for await (const item of merged(counting('a', 100, 10), failing(35))) items.push(item);
    };
    await expect(read()).rejects.toThrow('gone');
    expect(items).toContain('a1');
  });

  it('leave no rejection unhandled when a source fails while the reader is busy, or gone', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const items: string[] = [];
    const read = async () => {
      for await (const item of merged(failing(20), counting('a', 100, 5))) {
        items.push(item);
        await delay(60);
      }
    };
    await expect(read()).rejects.toThrow('gone');
    for await (const item of merged(failing(20), counting('a', 1, 1))) {
      items.push(item);
      break;
    }
    await delay(60);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
