import { waitingReason } from '@nse/jobs';
import { type EventMap, type EventType, newEvent, type ProgressMessage } from '@nse/messaging';
import { NseError, operationTableSchema } from '@nse/space';
import type { SearchSpec } from '@nse/spec';
import { AT_ONCE } from './build/measuring.js';
import { tableRequest } from './searches/tables-of-searches.js';
import type { Nature } from './testing/made-up-device.js';
import { codesOf, specOf, TestSystem, until } from './testing/system.js';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
});

afterAll(() => system.stop());

const onDevice = (device: string): SearchSpec =>
  specOf({ constraint: { latency: { device, targetMs: 1, threads: 2 } } });

/** The events of that type so far. */
async function told<T extends EventType>(search: string, type: T): Promise<EventMap[T][]> {
  const found: EventMap[T][] = [];
  for await (const { data } of system.bus.replay({ search, types: [type], follow: false })) {
    found.push(data);
  }
  return found;
}

const first = <T extends EventType>(search: string, type: T) =>
  until(async () => (await told(search, type))[0]);

async function askForTable(search: string, device: string): Promise<void> {
  const spec = onDevice(device);
  await system.createSearch(search, spec);
  await system.bus.publish(newEvent('latency.table-requested', { search, spec, device }, 'tests'));
}

async function askForMeasurement(search: string, device: string, codes: readonly string[]): Promise<void> {
  const spec = onDevice(device);
  await system.createSearch(search, spec);
  await system.bus.publish(
    newEvent('latency.measurement-requested', { search, spec, device, codes }, 'tests'),
  );
}

describe('a search that needs the table of a device', () => {
  it('gets it once it is built, hears how far that is, and shares it with equal searches', async () => {
    const nature: Nature = { measureMs: 2 };
    const { profiler } = await system.replica(nature, ['shared-table']);
    const stop = new AbortController();
    const heard: ProgressMessage[] = [];
    const listening = (async () => {
      const of = { search: 'table-one', stage: 'prepare', signal: stop.signal } as const;
      for await (const message of system.bus.onProgress(of)) heard.push(message);
    })();
    await askForTable('table-one', 'shared-table');
    const { table, device } = await first('table-one', 'latency.table-completed');
    expect(device).toBe('shared-table');
    expect(table).toMatch(/^shared-table-[0-9a-f]{12}$/);
    const content = operationTableSchema.parse(await profiler.tables.get(table));
    expect(content.runtime.threads).toBe(2);
    await until(() => heard.length > 0);
    expect(heard[0]).toMatchObject({ search: 'table-one', stage: 'prepare', round: 0 });
    expect(heard.at(-1)?.steps).toBeGreaterThan(50);
    stop.abort();
    await listening;
    const calls = nature.calls;
    await askForTable('table-two', 'shared-table');
    expect((await first('table-two', 'latency.table-completed')).table).toBe(table);
    expect(nature.calls).toBe(calls);
  });

  it('has only those entries measured that an earlier table of the device lacks', async () => {
    const nature: Nature = { measureMs: 0 };
    await system.replica(nature, ['grows']);
    await askForTable('grows-one', 'grows');
    const { table } = await first('grows-one', 'latency.table-completed');
    const before = nature.calls ?? 0;
    const spec = specOf({
      subsetSize: 6,
      constraint: { latency: { device: 'grows', targetMs: 1, threads: 2 } },
    });
    await system.createSearch('grows-two', spec);
    await system.bus.publish(
      newEvent('latency.table-requested', { search: 'grows-two', spec, device: 'grows' }, 'tests'),
    );
    const other = (await first('grows-two', 'latency.table-completed')).table;
    expect(other).not.toBe(table);
    // All parts are known: whole architectures alone, by which the new table is judged, 50, 50 and all 100 again, 6 in a call.
    expect((nature.calls ?? 0) - before).toBe(9 + 9 + 17);
    expect(before).toBeGreaterThan(30);
  });

  it('fails with the reason where no such device comes, after a while that is told', async () => {
    await system.replica({ measureMs: 0 }, [], { unknownMs: 300 });
    await askForTable('no-device', 'never-there');
    const failed = await first('no-device', 'task.failed');
    expect(failed).toMatchObject({ stage: 'prepare', round: 0 });
    expect(failed.reason).toMatch(/no device "never-there" was attached within 1 s; attached (is|are) /);
  });

  it('tells at once of a device that nobody knows, and which there are, and takes that back once it comes', async () => {
    const { source, profiler } = await system.replica({ measureMs: 0 }, ['this-one']);
    await until(async () => (await profiler.registry.attachedText()).includes('this-one'));
    await askForTable('waits', 'that-one');
    const waiting = () => waitingReason(system.bus, ['waits-prepare']);
    const told = await until(async () => (await waiting()) || undefined);
    expect(told).toMatch(
      /^waits for device "that-one", which was never seen; attached (is|are) .*\bthis-one\b/,
    );
    source.plug('that-one');
    await first('waits', 'latency.table-completed');
    await until(async () => (await waiting()) === '');
  });

  it('fails where a client cancels the build', async () => {
    const { client } = await system.replica({ measureMs: 60_000 }, ['slow']);
    await askForTable('cancelled-build', 'slow');
    const { name } = tableRequest('slow', onDevice('slow'));
    await until(
      async () =>
        (await client.getTableBuild({ name }).catch(() => undefined))?.job?.state ===
        'DEVICE_JOB_STATE_RUNNING',
    );
    await client.cancelTableBuild({ name });
    expect((await first('cancelled-build', 'task.failed')).reason).toContain('was cancelled');
  });

  it('stops it where it is paused, and goes on where it was once it is resumed', async () => {
    const nature: Nature = { measureMs: 0, endlessFrom: 12 };
    const { client } = await system.replica(nature, ['paused']);
    await askForTable('paused', 'paused');
    const { name } = tableRequest('paused', onDevice('paused'));
    const job = async () => (await client.getTableBuild({ name }).catch(() => undefined))?.job;
    await until(() => nature.calls === 12);
    await system.setPhase('paused', 'PAUSED');
    await until(async () => (await job())?.state === 'DEVICE_JOB_STATE_CANCELLED');
    expect((await job())?.reason).toBe('search "paused" was halted');
    nature.endlessFrom = undefined;
    await system.setPhase('paused', 'RUNNING', 1);
    const resumed = { search: 'paused', stage: 'prepare', round: 0, resumes: 1 } as const;
    await system.bus.publish(newEvent('search.resumed', resumed, 'tests'));
    await first('paused', 'latency.table-completed');
    expect(await told('paused', 'task.failed')).toEqual([]);
    const unbroken: Nature = { measureMs: 0 };
    await system.replica(unbroken, ['not-paused']);
    await askForTable('not-paused', 'not-paused');
    await first('not-paused', 'latency.table-completed');
    // The pause lost the call that it broke off, and no other.
    expect(nature.calls).toBe((unbroken.calls ?? 0) + 1);
  });

  it('ends nothing that another search or a client wants as well', async () => {
    const { client } = await system.replica({ measureMs: 5 }, ['wanted']);
    await askForTable('wanted-one', 'wanted');
    await askForTable('wanted-two', 'wanted');
    const { name } = tableRequest('wanted', onDevice('wanted'));
    await until(
      async () => ((await client.getTableBuild({ name }).catch(() => undefined))?.job?.done ?? 0) > 5,
    );
    await system.setPhase('wanted-one', undefined);
    await first('wanted-two', 'latency.table-completed');
    expect((await client.getTableBuild({ name })).job?.attempts).toBe(1);
    expect(await told('wanted-one', 'latency.table-completed')).toEqual([]);
  });
});

describe('the architectures that a table is judged by', () => {
  it('come from the band of a target, in milliseconds or in MACs', () => {
    const { trust, name } = tableRequest('phone', onDevice('phone'));
    expect(trust).toMatchObject({ architectures: 100, band: { above: 0.95, below: 1.05 } });
    const likeMacs = (macs: number) =>
      tableRequest(
        'phone',
        specOf({ constraint: { latency: { device: 'phone', likeMacs: macs, threads: 2 } } }),
      );
    expect(likeMacs(1e6).trust.band).toBeUndefined();
    expect(likeMacs(1e6).trust.macsBand).toEqual({ above: 0.9e6, below: 1.1e6, belowIncluded: false });
    const names = [name, likeMacs(1e6).name, likeMacs(2e6).name];
    expect(new Set(names).size).toBe(3);
  });
});

describe('a search whose best architectures are to be measured', () => {
  it('is told what each takes, and nothing of the job is left', async () => {
    const { profiler } = await system.replica({ measureMs: 0 }, ['measures']);
    await askForMeasurement('measured', 'measures', codesOf(6));
    const { latencies, device } = await first('measured', 'latency.measurement-completed');
    expect(device).toBe('measures');
    expect(latencies.map(({ code }) => code)).toEqual(codesOf(6));
    expect(Object.keys(latencies[0] ?? {}).sort()).toEqual(['code', 'highMs', 'lowMs', 'medianMs', 'runs']);
    await until(async () =>
      (await profiler.store.all()).every(({ request }) => request.device !== 'measures'),
    );
  });

  it('is told times at the pace of its table, where the device got quicker since', async () => {
    const nature: Nature = { measureMs: 0 };
    const { profiler } = await system.replica(nature, ['changes']);
    await askForTable('before', 'changes');
    const { table } = await first('before', 'latency.table-completed');
    const measured = async (search: string, speed: number, by = table) => {
      const latency = { device: 'changes', table: by, targetMs: 1, threads: 2 };
      const spec = specOf({ constraint: { latency } });
      nature.speed = speed;
      await system.createSearch(search, spec);
      const request = { search, spec, device: 'changes', codes: codesOf(5) };
      await system.bus.publish(newEvent('latency.measurement-requested', request, 'tests'));
      return first(search, 'latency.measurement-completed');
    };
    const medians = ({ latencies }: EventMap['latency.measurement-completed']) =>
      latencies.map(({ medianMs }) => medianMs);
    const same = await measured('same-pace', 1);
    expect(same.pace).toEqual({ scale: 1, architectures: 6 });
    expect(same.latencies.map(({ code }) => code)).toEqual(codesOf(5));

    for (const [search, speed] of [
      ['quicker', 1.15],
      ['slower', 0.7],
    ] as const) {
      const other = await measured(search, speed);
      expect(other.pace?.scale).toBeCloseTo(speed, 9);
      expect(other.note).toBeUndefined();
      medians(other).forEach((ms, place) => {
        expect(ms).toBeCloseTo(medians(same)[place] ?? 0, 9);
      });
      expect(other.latencies[0]?.lowMs).toBeCloseTo(same.latencies[0]?.lowMs ?? 0, 9);
    }

    // Codes of another network stand for other architectures here, which tell nothing of the pace.
    const content = operationTableSchema.parse(await profiler.tables.get(table));
    const { pairs } = content.trust!;
    const shifted = pairs.map((pair, place) => ({ ...pair, code: pairs.at(place - 1)!.code }));
    const others = { ...content, trust: { ...content.trust!, pairs: shifted } };
    await profiler.tables.import('of-another-network', others);
    expect((await measured('another-network', 1.15, 'of-another-network')).pace).toBeUndefined();

    // Not half as quick: a table of another device, or of another state of it.
    const other = await measured('other-device', 0.4);
    expect(other.pace).toBeUndefined();
    expect(medians(other)[0]).toBeCloseTo(2.5 * (medians(same)[0] ?? 0), 9);
    expect(other.note).toMatch(/^6 architectures of the table take 2\.50 times as long now .* built anew/);
  });

  it('is measured by another process where one is gone in the middle, and told of once', async () => {
    // The second call ends with its process alone.
    const one = await system.replica({ measureMs: 0, endlessFrom: 2 }, ['two-replicas']);
    await askForMeasurement('handed-over', 'two-replicas', codesOf(9));
    await until(() =>
      [...one.profiler.view.jobs()].some(
        ({ request, latencies }) => request.device === 'two-replicas' && latencies.length === AT_ONCE,
      ),
    );
    const nature: Nature = { measureMs: 0 };
    const other = await system.replica(nature, ['two-replicas']);
    await one.stop();
    const { latencies } = await first('handed-over', 'latency.measurement-completed');
    expect(latencies.map(({ code }) => code)).toEqual(codesOf(9));
    expect(nature.calls).toBeLessThanOrEqual(2);
    expect(await told('handed-over', 'latency.measurement-completed')).toHaveLength(1);
    await other.stop();
  });

  it('fails at its stage with what the device said, and leaves nothing behind once it is deleted', async () => {
    const failure = new NseError('FAILED_PRECONDITION', 'no space left on device');
    const { profiler } = await system.replica({ measureMs: 0, failure }, ['full']);
    await askForMeasurement('full', 'full', codesOf(1));
    const failed = await first('full', 'task.failed');
    expect(failed).toMatchObject({ stage: 'measure', round: 0 });
    expect(failed.reason).toMatch(/on device "full" failed after 1 attempt: .*no space left on device/);
    await system.setPhase('full', undefined);
    await until(async () => (await profiler.store.all()).every(({ request }) => request.device !== 'full'));
  });
});
