import { NseError } from '@nse/space';
import { TestServer } from './testing/with-bus.js';
import type { StateChange, States } from './states.js';

interface Count {
  readonly count: number;
}

function asCount(value: unknown): Count {
  if (typeof value === 'object' && value !== null && 'count' in value && typeof value.count === 'number') {
    return { count: value.count };
  }
  throw new NseError('INTERNAL', 'no count');
}

let server: TestServer;
let states: States<Count>;

beforeAll(async () => {
  server = await TestServer.start();
  states = await (await server.bus()).states('TEST_STATES', asCount);
});

afterAll(() => server.stop());

describe('states', () => {
  it('has nothing under a key that nobody set', async () => {
    expect(await states.get('nothing')).toBeUndefined();
    expect(await states.keys('nothing.>')).toEqual([]);
  });

  it('creates a key once', async () => {
    await states.create('once', { count: 1 });
    await expect(states.create('once', { count: 1 })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect((await states.get('once'))?.value).toEqual({ count: 1 });
  });

  it('refuses an update that does not know the last revision', async () => {
    const first = await states.create('update', { count: 1 });
    const second = await states.update('update', { count: 2 }, first);
    await expect(states.update('update', { count: 3 }, first)).rejects.toMatchObject({
      code: 'ABORTED',
      retryable: true,
    });
    expect(await states.get('update')).toEqual({ key: 'update', value: { count: 2 }, revision: second });
  });

  it('deletes an entry of a known revision only where it is still that one', async () => {
    const first = await states.create('doomed', { count: 1 });
    const second = await states.update('doomed', { count: 2 }, first);
    await expect(states.delete('doomed', first)).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await states.get('doomed'))?.value.count).toBe(2);
    await states.delete('doomed', second);
    expect(await states.get('doomed')).toBeUndefined();
  });

  it('says UNAVAILABLE while its process closes, since another one answers', async () => {
    const bus = await server.bus();
    const closing = await bus.states('TEST_STATES', asCount);
    await bus.close();
    await expect(closing.get('once')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });

  it('loses no increment when many writers compare and set', async () => {
    await states.create('race', { count: 0 });
    const increment = async () => {
      for (;;) {
        const entry = await states.get('race');
        try {
          await states.update('race', { count: entry!.value.count + 1 }, entry!.revision);
          return;
        } catch (error) {
          if (NseError.from(error).code !== 'ABORTED') throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 12 }, increment));
    expect((await states.get('race'))?.value.count).toBe(12);
  });

  it('shows what is there, then each change', async () => {
    const abort = new AbortController();
    const seen: StateChange<Count>[] = [];
    const first = await states.create('watched.a', { count: 1 });
    for await (const change of states.watch('watched.*', abort.signal)) {
      seen.push(change);
      if (seen.length === 1) await states.update('watched.a', { count: 2 }, first);
      if (seen.length === 2) await states.delete('watched.a');
      if (seen.length === 3) abort.abort();
    }
    expect(seen).toMatchObject([
      { kind: 'set', value: { count: 1 } },
      { kind: 'set', value: { count: 2 } },
      { kind: 'gone', key: 'watched.a' },
    ]);
  });

  it('forgets a deleted key, which can then be created again', async () => {
    await states.create('again', { count: 1 });
    await states.delete('again');
    expect(await states.get('again')).toBeUndefined();
    await states.create('again', { count: 2 });
    expect((await states.get('again'))?.value).toEqual({ count: 2 });
  });

  it('takes all that fits away at once, and nothing else', async () => {
    for (const key of ['gone.a', 'gone.b', 'stays.a']) await states.create(key, { count: 1 });
    await states.purge('gone.*');
    expect(await states.keys('gone.*')).toEqual([]);
    expect(await states.keys('stays.*')).toEqual(['stays.a']);
    await states.create('gone.a', { count: 2 });
  });

  it('raises what the decoder says of a stored value', async () => {
    const other = await (await server.bus()).states('TEST_STATES', (value) => value);
    await other.create('odd', 'no count');
    await expect(states.get('odd')).rejects.toThrow('no count');
  });
});
