import { NseError } from '@nse/space';
import { createClient } from './client.js';
import { lazyClient } from './lazy-client.js';
import { TestServers } from './testing/serve.js';

const servers = new TestServers();
afterEach(() => servers.stopAll());

describe('a lazy client', () => {
  it('looks for the server at the first call, once, whatever is called', async () => {
    const { server } = await servers.serve({
      getSearch: ({ search }) => Promise.resolve({ id: search }),
      async *watchSearch() {
        yield await Promise.resolve({ progress: { stage: 'train' } });
      },
    });
    let opened = 0;
    const client = lazyClient('SpaceManager', () => {
      opened++;
      return Promise.resolve(createClient('SpaceManager', server.address));
    });
    expect(opened).toBe(0);
    const told = [];
    for await (const update of client.watchSearch({ search: 'a' })) told.push(update.progress?.stage);
    expect(told).toEqual(['train']);
    expect(await client.getSearch({ search: 'a' })).toMatchObject({ id: 'a' });
    expect(opened).toBe(1);
    client.close();
  });

  it('looks again after it has not found it', async () => {
    const { server } = await servers.serve({ getSearch: () => Promise.resolve({ id: 'a' }) });
    const failures = [new NseError('UNAVAILABLE', 'no pod is ready')];
    const client = lazyClient('SpaceManager', () => {
      const failure = failures.pop();
      if (failure) return Promise.reject(failure);
      return Promise.resolve(createClient('SpaceManager', server.address));
    });
    await expect(client.getSearch({ search: 'a' })).rejects.toThrow('no pod is ready');
    expect(await client.getSearch({ search: 'a' })).toMatchObject({ id: 'a' });
    client.close();
  });

  it('closes without having been used', () => {
    const client = lazyClient('Retrainer', () => Promise.reject(new Error('never asked')));
    expect(() => client.close()).not.toThrow();
  });
});
