import { NseError } from '@nse/space';
import { logger } from '@nse/telemetry';
import { createClient } from './client.js';
import type { SpaceManager } from './handlers.js';
import { type RunningServer, startServer } from './server.js';
import { fromStruct, toStruct } from './struct.js';

const quiet = logger('tests', { write: () => undefined });
const running: RunningServer[] = [];

async function serve(handlers: Partial<SpaceManager>, drainMs = 30_000) {
  const SpaceManager = handlers as SpaceManager;
  const server = await startServer({
    name: 'tests',
    address: '127.0.0.1:0',
    implementations: { SpaceManager },
    log: quiet,
    drainMs,
  });
  running.push(server);
  return { server, client: createClient('SpaceManager', server.address) };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

describe('a server and its client', () => {
  it('answers with what the handler returns, Structs included', async () => {
    const spec = { name: 'a', train: { epochs: 3, augment: null }, list: [1, 'two', { three: false }] };
    const { client } = await serve({
      createSearch: (request) =>
        Promise.resolve({ id: request.search, name: 'a', spec: toStruct(fromStruct(request.spec)) }),
    });
    const search = await client.createSearch({ search: 'x', spec: toStruct(spec) });
    expect(search.id).toBe('x');
    expect(search.front).toEqual([]);
    expect(search.chosen).toBeNull();
    expect(fromStruct(search.spec)).toEqual(spec);
    client.close();
  });

  it('carries an error with all its violations', async () => {
    const violations = [
      { field: 'train.epochs', description: 'must be at least 1' },
      { field: 'näme', description: 'ünknown' },
    ];
    const { client } = await serve({ getSearch: () => Promise.reject(NseError.invalid(violations)) });
    const error = await client.getSearch({ search: 'x' }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', violations, retryable: false });
    client.close();
  });

  it('streams what the generator yields', async () => {
    const { client } = await serve({
      watchSearch: async function* ({ search }) {
        for (let step = 0; step < 5; step++) {
          await Promise.resolve();
          yield { progress: { search, step } };
        }
      },
    });
    const steps: (number | undefined)[] = [];
    for await (const update of client.watchSearch({ search: 'x' })) steps.push(update.progress?.step);
    expect(steps).toEqual([0, 1, 2, 3, 4]);
    client.close();
  });
});
