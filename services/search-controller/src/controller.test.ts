import { newEvent } from '@nse/messaging';
import { type Client, createClient, toStruct } from '@nse/rpc';
import { Controller } from './controller.js';
import { ResourceApi } from './resource-api.js';
import { conditionOf, ownerOf, type ResourceSpec, type ResourceStatus } from './resource.js';
import { KubernetesStandIn } from './testing/kubernetes-stand-in.js';
import { frontOf, log, smallSpec, SpaceManager } from './testing/space-manager.js';

let manager: SpaceManager;
let cluster: KubernetesStandIn;
let api: ResourceApi;
let stop: AbortController;
let running: Promise<unknown>;

/** Replicas that look at all so seldom that only what they are told of makes them act. */
function startControllers(count: number, resyncMs = 600_000): void {
  const { bus, client: searches } = manager;
  const options = { api, bus, searches, log, signal: stop.signal, resyncMs, removalMs: resyncMs };
  running = Promise.all(Array.from({ length: count }, () => new Controller(options).run()));
}

beforeAll(async () => {
  manager = await SpaceManager.start();
});

afterAll(() => manager.stop());

beforeEach(async () => {
  cluster = new KubernetesStandIn();
  api = new ResourceApi(await cluster.start(), 'team');
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await running;
  await cluster.stop();
});

const small: ResourceSpec = { search: smallSpec };

/** Waits until the object's status is as asked; one that never is, is the test's time limit. */
async function until(name: string, reached: (status: ResourceStatus) => boolean): Promise<ResourceStatus> {
  const looking = new AbortController();
  try {
    return await new Promise((resolve) => {
      const look = () => {
        const status = cluster.objects.get(name)?.status;
        if (status !== undefined && reached(status)) resolve(status);
      };
      look();
      void api.watch(look, looking.signal);
    });
  } finally {
    looking.abort();
  }
}

const is = (type: Parameters<typeof conditionOf>[1], reason: string) => (status: ResourceStatus) =>
  conditionOf(status, type)?.reason === reason;
const phase = (wanted: string) => (status: ResourceStatus) => status.phase === wanted;
const get = (search: string) => manager.client.getSearch({ search });

describe('an object', () => {
  it('becomes the search that clients see, and tells of its rounds to its end; by two replicas, once', async () => {
    startControllers(2);
    const object = cluster.apply('whole', small);
    await until('whole', phase('Running'));
    const search = await get('whole');
    expect(search).toMatchObject({ name: 'whole', rounds: 2, owner: ownerOf(object) });
    for (const round of [1, 2]) await manager.addRound('whole', round);
    await manager.change('whole', {
      stage: 'retrain',
      round: 2,
      phase: 'RETRAINING',
      front: frontOf(3),
      chosen: frontOf(1)[0],
    });
    await manager.bus.publish(
      newEvent('search.resumed', { search: 'whole', stage: 'retrain', round: 0, resumes: 1 }, 'tests'),
    );
    expect(await until('whole', phase('Retraining'))).toMatchObject({
      completedRounds: 2,
      frontSize: 3,
      bestAccuracy: 0.52,
      chosen: { macs: 1e6, accuracy: 0.5 },
    });
    await manager.change('whole', { phase: 'SUCCEEDED' });
    await manager.bus.publish(newEvent('search.cancelled', { search: 'whole' }, 'tests'));
    await until('whole', is('Succeeded', 'Succeeded'));
    expect(cluster.told('whole')).toEqual([
      'Created: search "whole" was created',
      'RoundCompleted: round 1 of 2: a front of 2, best accuracy 0.5100',
      'RoundCompleted: round 2 of 2: a front of 3, best accuracy 0.5200',
      'SearchSucceeded: Succeeded',
    ]);
  });

  it('that is applied again changes nothing', async () => {
    startControllers(1);
    cluster.apply('again', small);
    await until('again', phase('Running'));
    const before = await get('again');
    cluster.apply('again', small);
    await until('again', ({ observedGeneration }) => observedGeneration === 2);
    expect(await get('again')).toEqual(before);
  });

  it('is refused with every wrong field, and not tried again', async () => {
    startControllers(1, 100);
    cluster.apply('wrong', {
      search: { ...smallSpec, subsetSize: 500, network: { ...smallSpec.network, depths: [1] } },
    });
    const status = await until('wrong', phase('Rejected'));
    const { reason, message } = conditionOf(status, 'Accepted')!;
    expect(reason).toBe('InvalidSpec');
    expect(message).toMatch(/spec\.search\.network\.depths: got 1/);
    expect(message).toMatch(/spec\.search\.subsetSize: got 500/);
    expect(cluster.told('wrong')).toEqual([`Rejected: ${message}`]);
    const calls = (end: string) => cluster.calls.filter((call) => call.endsWith(end)).length;
    /** Until all objects were looked at so many times more. */
    const looks = async (count: number) => {
      const from = calls('/searches');
      while (calls('/searches') < from + count) await new Promise((resolve) => setImmediate(resolve));
    };
    await looks(3);
    const before = calls('/searches/wrong') + calls('/searches/wrong/status');
    await looks(3);
    expect(calls('/searches/wrong') + calls('/searches/wrong/status')).toBe(before);
  });

  it('waits for what its spec needs, and says so', async () => {
    startControllers(1, 100);
    const constraint = { latency: { table: 'phone', targetMs: 5, driftMs: 1 } };
    cluster.apply('early', { search: { ...smallSpec, constraint } });
    const status = await until('early', phase('Rejected'));
    expect(conditionOf(status, 'Accepted')).toMatchObject({ status: 'False', reason: 'DependencyMissing' });
    expect(conditionOf(status, 'Failed')).toMatchObject({ status: 'False' });
  });

  it("does not touch a search that is another's, and takes the name once it is free", async () => {
    await manager.client.createSearch({ search: 'taken', spec: toStruct({ name: 'x', ...smallSpec }) });
    startControllers(1, 100);
    cluster.apply('taken', { ...small, suspend: true });
    await until('taken', is('Accepted', 'NameTaken'));
    cluster.delete('taken');
    const again = cluster.apply('taken', small);
    await until('taken', is('Accepted', 'NameTaken'));
    expect(await get('taken')).toMatchObject({ phase: 'RUNNING', owner: '' });
    await manager.client.cancelSearch({ search: 'taken' });
    await manager.client.deleteSearch({ search: 'taken' });
    await until('taken', phase('Running'));
    expect((await get('taken')).owner).toBe(ownerOf(again));
  });
});

describe('suspend', () => {
  it('halts a search, also at once, and lets it go on', async () => {
    startControllers(2);
    const progress = new Set<string | undefined>();
    const note = () =>
      progress.add(conditionOf(cluster.objects.get('halted')?.status, 'Progressing')?.reason);
    void api.watch(note, stop.signal);
    cluster.apply('halted', { ...small, suspend: true });
    await until('halted', is('Suspended', 'SuspendedBySpec'));
    expect(await get('halted')).toMatchObject({ phase: 'PAUSED' });
    expect(progress).not.toContain('ServiceUnavailable');
    cluster.apply('halted', { ...small, suspend: false });
    await until('halted', phase('Running'));
    expect(await get('halted')).toMatchObject({ phase: 'RUNNING', resumes: 1 });
    expect(cluster.told('halted').map((line) => line.split(':')[0])).toEqual([
      'Created',
      'Suspended',
      'Resumed',
    ]);
  });

  it("leaves a client's pause to the client", async () => {
    startControllers(1, 100);
    cluster.apply('paused', small);
    await until('paused', phase('Running'));
    await manager.client.pauseSearch({ search: 'paused' });
    await until('paused', is('Suspended', 'PausedByClient'));
    cluster.apply('paused', { ...small, suspend: false });
    await until('paused', ({ observedGeneration }) => observedGeneration === 2);
    expect(await get('paused')).toMatchObject({ phase: 'PAUSED' });
  });

  it('tries a failed search again', async () => {
    startControllers(1);
    cluster.apply('poor', small);
    await until('poor', phase('Running'));
    const failure = { search: 'poor', stage: 'train', round: 1, reason: 'no memory', attempts: 3 } as const;
    await manager.bus.publish(newEvent('task.failed', failure, 'tests'));
    const status = await until('poor', is('Failed', 'StageFailed'));
    expect(conditionOf(status, 'Failed')!.message).toBe('train of round 1, tried 3 times: no memory');
    cluster.apply('poor', { ...small, suspend: true });
    await until('poor', is('Suspended', 'SuspendedBySpec'));
    cluster.apply('poor', { ...small, suspend: false });
    await until('poor', phase('Running'));
    expect(await get('poor')).toMatchObject({ resumes: 1, failure: null });
  });
});

describe('an object that is gone', () => {
  it('takes its search along, and one of its name that comes at once waits for that', async () => {
    startControllers(2);
    cluster.apply('short', small);
    await until('short', phase('Running'));
    cluster.delete('short');
    const next = cluster.apply('short', { ...small, search: { ...smallSpec, seed: 9 } });
    await until('short', phase('Running'));
    expect((await get('short')).owner).toBe(ownerOf(next));
    cluster.delete('short');
    await manager.deleted('short');
  });

  it('while no controller ran leaves nothing; objects beside it keep theirs, on every page', async () => {
    startControllers(1);
    const names = ['kept-1', 'kept-2', 'kept-3', 'left'];
    for (const name of names) cluster.apply(name, small);
    for (const name of names) await until(name, phase('Running'));
    stop.abort();
    await running;
    cluster.delete('left');
    stop = new AbortController();
    startControllers(1);
    await manager.deleted('left');
    for (const name of names.slice(0, 3)) expect(await get(name)).toMatchObject({ phase: 'RUNNING' });
  });

  it('is no reason to remove anything while the objects cannot be listed to the end', async () => {
    startControllers(1, 100);
    for (const name of ['sure-1', 'sure-2', 'sure-3']) cluster.apply(name, small);
    for (const name of ['sure-1', 'sure-2', 'sure-3']) await until(name, phase('Running'));
    stop.abort();
    await running;
    stop = new AbortController();
    let lists = 0;
    // Every second page fails.
    cluster.refuse = (call) => (call.endsWith('/searches') && ++lists % 2 === 0 ? 500 : undefined);
    startControllers(1, 100);
    while (lists < 6) await new Promise((resolve) => setImmediate(resolve));
    for (const name of ['sure-1', 'sure-2', 'sure-3'])
      expect(await get(name)).toMatchObject({ phase: 'RUNNING' });
  });

  it('by a hand that deleted the search alone is not begun again', async () => {
    startControllers(1, 100);
    cluster.apply('lost', small);
    await until('lost', phase('Running'));
    await manager.client.cancelSearch({ search: 'lost' });
    await manager.client.deleteSearch({ search: 'lost' });
    await until('lost', ({ phase: now }) => now === 'Lost' || now === 'Cancelled');
    await expect(get('lost')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('an API server', () => {
  it.each([409, 429, 500])(
    'that answers a third of the calls with %i is no reason to go wrong',
    async (status) => {
      let calls = 0;
      cluster.refuse = () => (++calls % 3 === 0 ? status : undefined);
      const name = `busy-${status}`;
      startControllers(2, 200);
      cluster.apply(name, { ...small, suspend: true });
      await until(name, phase('Suspended'));
      cluster.apply(name, small);
      await until(name, phase('Running'));
      cluster.delete(name);
      await manager.deleted(name);
      for (const reason of ['Created', 'Suspended', 'Resumed']) {
        expect(cluster.told(name).filter((line) => line.startsWith(`${reason}:`)).length).toBeLessThanOrEqual(
          1,
        );
      }
    },
  );
});

describe('the space-manager', () => {
  it('that does not answer is told of, and found again', async () => {
    const { client, bus } = manager;
    const nobody = createClient('SpaceManager', '127.0.0.1:1', { deadlineMs: 500 });
    let away = true;
    const searches: Client<'SpaceManager'> = {
      ...client,
      getSearch: (request, options) => (away ? nobody : client).getSearch(request, options),
    };
    running = new Controller({ api, bus, searches, log, signal: stop.signal, resyncMs: 100 }).run();
    cluster.apply('blind', small);
    await until('blind', is('Accepted', 'ServiceUnavailable'));
    away = false;
    await until('blind', phase('Running'));
    nobody.close();
  });
});
