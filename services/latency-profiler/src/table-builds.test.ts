import { type Client, fromStruct, type messages, toStruct } from '@nse/rpc';
import { NseError, operationTableSchema } from '@nse/space';
import type { Nature } from './testing/made-up-device.js';
import { type Replica, specOf, TestSystem, until } from './testing/system.js';

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start();
});

afterAll(() => system.stop());

const spec = toStruct(specOf());

type Build = messages.TableBuild__Output;

async function withDevice(id: string, nature: Nature = { measureMs: 0 }): Promise<Replica> {
  const replica = await system.replica(nature, [id]);
  await until(async () => (await replica.client.listDevices({})).devices.some((device) => device.id === id));
  return replica;
}

async function updatesOf(client: Client<'LatencyProfiler'>, name: string): Promise<Build[]> {
  const updates: Build[] = [];
  for await (const update of client.watchTableBuild({ name })) updates.push(update);
  return updates;
}

describe('the build of a table', () => {
  it('measures each operation and random architectures, and leaves a table that can be looked up and trusted', async () => {
    const { client } = await withDevice('builder');
    const request = { name: 'built', device: 'builder', spec, options: { threads: 2 } };
    const begun = await client.buildTable(request);
    expect(begun).toMatchObject({ name: 'built', table: null, job: { device: 'builder' } });
    const updates = await updatesOf(client, 'built');
    const { job, table } = updates.at(-1) ?? begun;
    expect(job).toMatchObject({ state: 'DEVICE_JOB_STATE_SUCCEEDED', attempts: 1, options: { threads: 2 } });
    expect(job?.done).toBe(job?.total);
    expect(job?.total).toBeGreaterThan(50);
    // Times follow from the files' sizes, so they add up.
    expect(table).toMatchObject({ unit: 'ms', kind: 'TABLE_KIND_OPERATIONS', device: 'builder' });
    expect(table?.trust).toMatchObject({ fitted: 50, judged: 50, within5: 1, within10: 1 });
    expect(table?.trust?.factors).toBeGreaterThan(20);
    const { content } = await client.getTable({ name: 'built' });
    expect(operationTableSchema.parse(fromStruct(content)).runtime).toMatchObject({ threads: 2 });
    const code = '0.3.6.9';
    const { id } = await client.measureArchitectures({ ...request, codes: [code] });
    const measured = await until(async () => (await client.getMeasurement({ id })).latencies[0]);
    const { latency } = await client.lookUp({ table: 'built', spec, code });
    expect(Math.abs(latency / measured.medianMs - 1)).toBeLessThan(0.05);
    expect(await client.buildTable(request)).toEqual(updates.at(-1));
    expect((await client.listTables({})).tables).toContainEqual(table);
  });

  it('has its name for itself, and an imported table has its own', async () => {
    const { client } = await withDevice('names');
    const refused = { code: 'ALREADY_EXISTS', field: 'name' };
    await client.buildTable({ name: 'mine', device: 'names', spec });
    const other = client.buildTable({ name: 'mine', device: 'names', spec, options: { threads: 3 } });
    await expect(other).rejects.toMatchObject(refused);
    const columns = 'hw c_in c_out kernel stride padding dilation group type_code exec_time'.split(' ');
    const table = toStruct({ unit: 'ms', columns, rows: [[8, 4, 4, 1, 1, 0, 1, 1, 1, 0.5]] });
    await client.importTable({ name: 'imported', table });
    await expect(client.buildTable({ name: 'imported', device: 'names', spec })).rejects.toMatchObject(
      refused,
    );
    await updatesOf(client, 'mine');
    await expect(client.importTable({ name: 'mine', table })).rejects.toMatchObject(refused);
  });

  it('goes on where it was after it was cancelled, and where its device went away, and measures nothing twice', async () => {
    // Each part of the build comes to a call that would not end by itself.
    const nature: Nature = { measureMs: 1, endlessFrom: 12 };
    const { client, source } = await withDevice('broken-off', nature);
    const request = { name: 'broken-off', device: 'broken-off', spec };
    await client.buildTable(request);
    await until(() => nature.calls === 12);
    await client.cancelTableBuild({ name: 'broken-off' });
    nature.endlessFrom = 24;
    await client.buildTable(request);
    await until(() => nature.calls === 24);
    source.unplug('broken-off');
    nature.endlessFrom = undefined;
    await until(
      async () =>
        (await client.getTableBuild({ name: 'broken-off' })).job?.state === 'DEVICE_JOB_STATE_WAITING',
    );
    source.plug('broken-off');
    const last = (await updatesOf(client, 'broken-off')).at(-1);
    expect(last?.job?.state).toBe('DEVICE_JOB_STATE_SUCCEEDED');
    const unbroken: Nature = { measureMs: 0 };
    const other = await withDevice('not-broken-off', unbroken);
    await other.client.buildTable({ name: 'not-broken-off', device: 'not-broken-off', spec });
    await updatesOf(other.client, 'not-broken-off');
    // Each break loses the call that it broke off, and no other.
    expect(nature.calls).toBe((unbroken.calls ?? 0) + 2);
    await expect(client.cancelTableBuild({ name: 'broken-off' })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
    });
  });

  it('is refused with every wrong field at once', async () => {
    const { client } = await system.replica();
    const wrong = NseError.from(
      await client
        .buildTable({ name: 'No Name', device: '', options: { within: 2 } })
        .catch((error: unknown) => error),
    );
    expect(wrong.violations.map(({ field }) => field)).toEqual([
      'name',
      'device',
      'search',
      'options.within',
    ]);
    for (const call of ['getTableBuild', 'cancelTableBuild'] as const) {
      await expect(client[call]({ name: 'none' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        field: 'name',
      });
      await expect(client[call]({ name: '*' })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        field: 'name',
      });
    }
  });
});
