import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bus, newEvent } from '@nse/messaging';
import { type Client, fromStruct, toStruct } from '@nse/rpc';
import { PUBLISHED } from '@nse/space';
import { TestSystem } from './testing/system.js';

const published = join(__dirname, '../../../../shared/data/nse-gpu-lut.json');

let system: TestSystem;
let bus: Bus;
let client: Client<'LatencyProfiler'>;

beforeAll(async () => {
  system = await TestSystem.start();
  ({ bus, client } = await system.replica());
});

afterAll(() => system.stop());

const columns = 'hw c_in c_out kernel stride padding dilation group type_code exec_time'.split(' ');
const small = { unit: 'ms', columns, rows: [[8, 4, 4, 1, 1, 0, 1, 1, 1, 0.5]], device: 'made up' };

describe('a latency table', () => {
  it('gives the published latency of the published network', async () => {
    const table = JSON.parse(readFileSync(published, 'utf8')) as Record<string, unknown>;
    const { entries } = await client.importTable({ name: 'nse-gpu', table: toStruct(table) });
    expect(entries).toBe((table['rows'] as unknown[]).length);
    const { pool, network, code } = PUBLISHED['NSENet-GPU'];
    const spec = {
      name: 'published',
      dataset: { kind: 'folder', path: 'images' },
      pool,
      network,
      subsetSize: 6,
      constraint: { latency: { table: 'nse-gpu', targetMs: 60, driftMs: 10 } },
    };
    const found = await client.lookUp({ table: 'nse-gpu', spec: toStruct(spec), code });
    expect(found.latency).toBeCloseTo(66.77, 2);
    expect(found.unit).toBe(table['unit']);
    const search = 'published';
    await bus.publish(newEvent('search.created', { search, name: 'published', rounds: 1, spec }, 'tests'));
    expect(await client.lookUp({ table: 'nse-gpu', search, code })).toEqual(found);
    const refused = { code: 'INVALID_ARGUMENT', field: 'search' };
    const both = client.lookUp({ table: 'nse-gpu', search, spec: toStruct(spec), code });
    await expect(both).rejects.toMatchObject(refused);
    await expect(client.lookUp({ table: 'nse-gpu', code })).rejects.toMatchObject(refused);
    await expect(client.lookUp({ table: 'nse-gpu', search: 'No Id', code })).rejects.toMatchObject(refused);
    const missing = client.lookUp({ table: 'nse-gpu', search: 'none', code });
    await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'search' });
    const noTable = client.lookUp({ table: 'none', search, code });
    await expect(noTable).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'table' });
    const noName = client.lookUp({ table: 'No Name', search, code });
    await expect(noName).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'table' });
  });

  it('is kept as it was imported, further keys too, and listed', async () => {
    await client.importTable({ name: 'small', table: toStruct(small) });
    const { table, content } = await client.getTable({ name: 'small' });
    expect(table).toMatchObject({
      name: 'small',
      unit: 'ms',
      entries: 1,
      kind: 'TABLE_KIND_LAYERS',
      trust: null,
    });
    expect(fromStruct(content)).toEqual(small);
    const { tables } = await client.listTables({});
    expect(tables).toContainEqual(table);
  });

  it('may be imported again, but never changes under its name', async () => {
    await client.importTable({ name: 'twice', table: toStruct(small) });
    expect(await client.importTable({ name: 'twice', table: toStruct(small) })).toMatchObject({ entries: 1 });
    const other = { ...small, rows: [[8, 4, 4, 1, 1, 0, 1, 1, 1, 0.75]] };
    await expect(client.importTable({ name: 'twice', table: toStruct(other) })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      field: 'name',
    });
    expect(fromStruct((await client.getTable({ name: 'twice' })).content)).toEqual(small);
  });

  it('is refused with every wrong place', async () => {
    const wrong = {
      unit: 'ms',
      columns,
      rows: [
        [8, 4],
        [8, 4, 4, 1, 1, 0, 1, 1, 1, -1],
      ],
    };
    const error = (await client
      .importTable({ name: 'wrong', table: toStruct(wrong) })
      .catch((caught: unknown) => caught)) as { code: string; violations: { field: string }[] };
    expect(error.code).toBe('INVALID_ARGUMENT');
    const fields = error.violations.map(({ field }) => field);
    expect(fields.some((field) => field.startsWith('table.rows.0'))).toBe(true);
    expect(fields.some((field) => field.startsWith('table.rows.1'))).toBe(true);
    await expect(client.getTable({ name: 'wrong' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is refused for its name and its content at once, and with a count where too many rows are wrong', async () => {
    const refusal = async (name: string, rows: readonly (readonly number[])[]) =>
      (await client
        .importTable({ name, table: toStruct({ unit: 'ms', columns, rows }) })
        .catch((caught: unknown) => caught)) as { code: string; violations: { field: string }[] };
    const both = await refusal('No Name', [[8, 4, 4, 1, 1, 0, 1, 1, 1, -1]]);
    expect(both.code).toBe('INVALID_ARGUMENT');
    expect(both.violations.map(({ field }) => field)).toEqual(['name', 'table.rows.0.9']);
    const many = await refusal('many', Array<number[]>(500).fill([8, 4, 4, 1, 1, 0, 1, 1, 1, -1]));
    expect(many.violations).toHaveLength(101);
    expect(many.violations[100]).toEqual({ field: 'table', description: '400 more places are wrong' });
  });

  it('is listed in pages, by name, each once', async () => {
    const names = ['page-a', 'page-b', 'page-c', 'page-d', 'page-e'];
    for (const name of names) await client.importTable({ name, table: toStruct(small) });
    const all = (await client.listTables({})).tables.map(({ name }) => name);
    expect(all).toEqual([...all].sort());
    expect(all).toEqual(expect.arrayContaining(names));
    const found: string[] = [];
    for (let pageToken = ''; ;) {
      const page = await client.listTables({ pageSize: 2, pageToken });
      found.push(...page.tables.map(({ name }) => name));
      expect(page.tables.length).toBeLessThanOrEqual(2);
      if (page.nextPageToken === '') break;
      pageToken = page.nextPageToken;
    }
    expect(found).toEqual(all);
    const wrong = client.listTables({ pageSize: -1, pageToken: 'no page' });
    await expect(wrong).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'page_size' }, { field: 'page_token' }],
    });
  });

  it('has a name that can be a key', async () => {
    for (const name of ['', 'No Name', 'a.b', '*']) {
      const refused = { code: 'INVALID_ARGUMENT', field: 'name' };
      await expect(client.importTable({ name, table: toStruct(small) })).rejects.toMatchObject(refused);
      await expect(client.getTable({ name })).rejects.toMatchObject(refused);
    }
    await expect(client.getTable({ name: 'unknown' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('says which layers of a network it lacks', async () => {
    await client.importTable({ name: 'lacking', table: toStruct(small) });
    const spec = {
      name: 'lacking',
      dataset: { kind: 'fashion-mnist' },
      network: { plan: 'NR', depths: [0, 0, 0, 0, 0], widths: [8, 8, 8, 8, 8] },
      constraint: { latency: { table: 'lacking', targetMs: 60, driftMs: 10 } },
    };
    await expect(
      client.lookUp({ table: 'lacking', spec: toStruct(spec), code: '0.0.0.0' }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('has no row') as string,
    });
  });
});
