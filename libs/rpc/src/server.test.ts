import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { NseError } from '@nse/space';
import { createClient } from './client.js';
import { fromStruct, toStruct } from './struct.js';
import { TestServers } from './testing/serve.js';

const servers = new TestServers();
afterEach(() => servers.stopAll());

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A promise that is settled from outside. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

async function collect<T>(items: AsyncGenerator<T, void>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('single calls', () => {
  it('return what the handler returns, with every default filled in', async () => {
    const spec = { name: 'a', train: { epochs: 3, augment: null }, list: [1, 'two', { three: false }] };
    const { client } = await servers.serve({
      createSearch: (request) =>
        Promise.resolve({ id: request.search, name: 'a', spec: toStruct(fromStruct(request.spec)) }),
    });
    const search = await client.createSearch({ search: 'x', spec: toStruct(spec) });
    expect(search).toMatchObject({ id: 'x', front: [], chosen: null, phase: 'PHASE_UNSPECIFIED' });
    expect(fromStruct(search.spec)).toEqual(spec);
  });

  it('carry an error with all its violations', async () => {
    const violations = [
      { field: 'train.epochs', description: 'must be at least 1' },
      { field: 'näme', description: 'ünknown' },
    ];
    const { client } = await servers.serve({ getSearch: () => Promise.reject(NseError.invalid(violations)) });
    const error = await caught(client.getSearch({ search: 'x' }));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', violations, retryable: false });
  });

  it('end at their deadline, and the handler hears of it', async () => {
    const heard = deferred<Date | undefined>();
    const { client } = await servers.serve({
      getSearch: async (_request, { signal, deadline }) => {
        await delay(60_000, undefined, { signal }).catch(() => heard.resolve(deadline));
        return {};
      },
    });
    const started = Date.now();
    const error = await caught(client.getSearch({ search: 'x' }, { deadlineMs: 2_000 }));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: { code: status.DEADLINE_EXCEEDED } });
    expect(Date.now() - started).toBeLessThan(20_000);
    expect((await heard.promise)!.getTime()).toBeGreaterThan(started);
  });

  it('end when the caller gives up', async () => {
    const abort = new AbortController();
    const { client } = await servers.serve({
      getSearch: async (_request, { signal }) => {
        abort.abort();
        await delay(60_000, undefined, { signal });
        return {};
      },
    });
    expect(await caught(client.getSearch({ search: 'x' }, { signal: abort.signal }))).toMatchObject({
      code: 'ABORTED',
    });
  });

  it('are repeated while the server is UNAVAILABLE, if they may be', async () => {
    let calls = 0;
    const unavailable = () => {
      calls++;
      return calls < 3
        ? Promise.reject(new NseError('UNAVAILABLE', 'not yet'))
        : Promise.resolve({ id: 'x' });
    };
    const { client } = await servers.serve({ getSearch: unavailable, createSearch: unavailable });
    expect((await client.getSearch({ search: 'x' })).id).toBe('x');
    expect(calls).toBe(3);
    calls = 0;
    expect(await caught(client.createSearch({ search: 'x' }))).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
    expect(calls).toBe(1);
  });

  it('are not repeated after any other failure', async () => {
    let calls = 0;
    const { client } = await servers.serve({
      getSearch: () => {
        calls++;
        throw new NseError('ABORTED', 'changed meanwhile');
      },
    });
    expect(await caught(client.getSearch({ search: 'x' }))).toMatchObject({
      code: 'ABORTED',
      retryable: true,
    });
    expect(calls).toBe(1);
  });

  it('fail as FAILED_PRECONDITION where the server lacks the method', async () => {
    const { client } = await servers.serve({});
    expect(await caught(client.listPools({}))).toMatchObject({ code: 'FAILED_PRECONDITION' });
  });

  it('wait for a server that is not there yet, if they are told to', async () => {
    const { server, client } = await servers.serve({});
    const { address } = server;
    await server.stop();
    client.close();
    const early = createClient('SpaceManager', address);
    const answer = early.getSearch({ search: 'x' }, { waitForReady: true, deadlineMs: 20_000 });
    await delay(200);
    await servers.serve({ getSearch: () => Promise.resolve({ id: 'late' }) }, { address });
    expect((await answer).id).toBe('late');
    early.close();
  });
});

describe('bytes that are no message', () => {
  it('are refused by name, in single calls and streams, and do not reach the handler', async () => {
    let reached = 0;
    const { server } = await servers.serve({
      getSearch: () => {
        reached += 1;
        return Promise.reject(new NseError('NOT_FOUND', 'none'));
      },
      watchSearch: async function* () {
        reached += 1;
        yield await Promise.reject(new NseError('NOT_FOUND', 'none'));
      },
    });
    const raw = new Client(server.address, credentials.createInsecure());
    const asIs = (bytes: Buffer) => bytes;
    const junk = Buffer.from([0x0a, 0xff]);
    const codes = await Promise.all([
      new Promise((resolve) =>
        raw.makeUnaryRequest('/nse.v1.SpaceManager/GetSearch', asIs, asIs, junk, (error) =>
          resolve(error?.code),
        ),
      ),
      new Promise((resolve) =>
        raw
          .makeServerStreamRequest('/nse.v1.SpaceManager/WatchSearch', asIs, asIs, junk)
          .on('error', (error: ServiceError) => resolve(error.code))
          .resume(),
      ),
    ]);
    raw.close();
    expect(codes).toEqual([status.INVALID_ARGUMENT, status.INVALID_ARGUMENT]);
    expect(reached).toBe(0);
  });
});

describe('streams', () => {
  it('fail with the error of a handler that raises it before there is a stream', async () => {
    const { client } = await servers.serve({
      watchSearch: () => {
        throw new NseError('INVALID_ARGUMENT', 'no such id', { field: 'search' });
      },
    });
    const error = await caught(collect(client.watchSearch({ search: '?' })));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'search' });
  });

  it('bring what the generator yields', async () => {
    const { client } = await servers.serve({
      watchSearch: async function* ({ search }) {
        for (let step = 0; step < 5; step++) {
          await Promise.resolve();
          yield { progress: { search, step } };
        }
      },
    });
    const updates = await collect(client.watchSearch({ search: 'x' }));
    expect(updates.map(({ update, progress }) => [update, progress?.step])).toEqual(
      [0, 1, 2, 3, 4].map((step) => ['progress', step]),
    );
  });

  it('end with the error that the generator raises, after what came before', async () => {
    const { client } = await servers.serve({
      watchSearch: async function* () {
        yield await Promise.resolve({ progress: { step: 1 } });
        throw new NseError('NOT_FOUND', 'gone', { field: 'search' });
      },
    });
    const steps: unknown[] = [];
    const reading = (async () => {
      for await (const { progress } of client.watchSearch({ search: 'x' })) steps.push(progress?.step);
    })();
    expect(await caught(reading)).toMatchObject({ code: 'NOT_FOUND', field: 'search' });
    expect(steps).toEqual([1]);
  });

  it('end the generator when the reader leaves', async () => {
    const ended = deferred<string>();
    const { client } = await servers.serve({
      watchSearch: async function* (_request, { signal }) {
        try {
          for (let step = 0; ; step++) {
            yield { progress: { step } };
            await delay(5, undefined, { signal });
          }
        } finally {
          ended.resolve('ended');
        }
      },
    });
    for await (const { progress } of client.watchSearch({ search: 'x' })) if (progress?.step === 3) break;
    expect(await ended.promise).toBe('ended');
  });

  it('end quietly when their signal aborts', async () => {
    const { client } = await servers.serve({
      watchSearch: async function* (_request, { signal }) {
        yield { progress: { step: 1 } };
        await delay(60_000, undefined, { signal });
      },
    });
    const abort = new AbortController();
    const reading = client.watchSearch({ search: 'x' }, { signal: abort.signal });
    expect((await reading.next()).value).toMatchObject({ progress: { step: 1 } });
    abort.abort();
    expect(await collect(reading)).toEqual([]);
  });

  it('yield no faster than the reader reads', async () => {
    let yielded = 0;
    const reason = 'x'.repeat(100_000);
    const { client } = await servers.serve({
      watchSearch: async function* () {
        for (; yielded < 500; yielded++) yield await Promise.resolve({ search: { failure: { reason } } });
      },
    });
    const reading = client.watchSearch({ search: 'x' });
    await reading.next();
    await delay(500);
    expect(yielded).toBeLessThan(100);
    expect(await collect(reading)).toHaveLength(499);
  });
});

describe('stopping', () => {
  it('lets calls under way finish and takes no new ones', async () => {
    const [called, finish] = [deferred<string>(), deferred<string>()];
    const { server, client } = await servers.serve({
      getSearch: async () => {
        called.resolve('called');
        await finish.promise;
        return { id: 'finished' };
      },
    });
    const answer = client.getSearch({ search: 'x' });
    await called.promise;
    const stopped = server.stop();
    finish.resolve('finish');
    expect((await answer).id).toBe('finished');
    await stopped;
    expect(await caught(client.getSearch({ search: 'x' }, { deadlineMs: 500 }))).toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it('ends streams with UNAVAILABLE, so that their readers come again', async () => {
    const { server, client } = await servers.serve({
      watchSearch: async function* (_request, { signal }) {
        yield { progress: { step: 1 } };
        await delay(60_000, undefined, { signal });
      },
    });
    const reading = client.watchSearch({ search: 'x' });
    await reading.next();
    const next = caught(reading.next());
    const started = performance.now();
    await server.stop();
    expect(await next).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('ends calls that take longer than it may wait', async () => {
    const called = deferred<string>();
    const getSearch = () => {
      called.resolve('called');
      return new Promise<never>(() => undefined);
    };
    const { server, client } = await servers.serve({ getSearch }, { drainMs: 200 });
    const answer = caught(client.getSearch({ search: 'x' }));
    await called.promise;
    const started = performance.now();
    await server.stop();
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(await answer).toMatchObject({ name: 'NseError' });
  });

  it('frees its sockets, a hundred times', async () => {
    const handles = () => process.getActiveResourcesInfo().filter((kind) => kind.includes('TCP')).length;
    const before = handles();
    for (let round = 0; round < 100; round++) {
      const { client } = await servers.serve({ getSearch: () => Promise.resolve({ id: 'x' }) });
      await client.getSearch({ search: 'x' });
      await servers.stopAll();
    }
    // A socket is freed some turns of the event loop after its close, however long those take.
    for (let tries = 0; handles() > before && tries < 200; tries++) await delay(50);
    expect(handles()).toBeLessThanOrEqual(before);
  });
});
