import { type Bus, connectBus, type NatsServer, newEvent, startNatsServer } from '@nse/messaging';
import { LocalJobs } from '@nse/jobs';
import { macroNetwork, macsCost } from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';
import { logger } from '@nse/telemetry';
import { costOfSearch } from './cost.js';
import { roundOrLast } from './round-number.js';
import { taskReport } from './task-report.js';

const log = logger('tests', { write: () => undefined });
const spec = parseSpec({
  name: 'cost',
  dataset: { kind: 'fashion-mnist' },
  network: { plan: 'NR', depths: [0, 1, 0, 0, 0], widths: [8, 8, 16, 24, 32] },
  constraint: { macs: { target: 2e6, drift: 0.5e6 } },
});
const network = macroNetwork(spec.network);
const pool = poolOf(spec);

let server: NatsServer;
let bus: Bus;

beforeAll(async () => {
  server = await startNatsServer();
  bus = await connectBus({ url: server.url, name: 'tests', log });
});

afterAll(async () => {
  await bus.close();
  await server.stop();
});

describe('the cost of a search', () => {
  it('is that of its constraint', async () => {
    const architecture = network.cells.map(() => [4]);
    const cost = await costOfSearch(bus, spec, network, pool);
    expect(cost.total(architecture)).toBe(macsCost(network, pool).total(architecture));
  });

  it('cannot be told without the latency table, which is named', async () => {
    const constraint = { latency: { table: 'phone', targetMs: 5, driftMs: 1 } };
    await expect(costOfSearch(bus, { ...spec, constraint }, network, pool)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      field: 'constraint.latency.table',
    });
  });
});

const prepared = (search: string, round: number) =>
  newEvent(
    'round.prepared',
    { search, round, rounds: 3, spec, subsets: [], optimized: null, oldFront: [], carried: null },
    'tests',
  );

describe('a round that a caller asks for', () => {
  it('is the last that has begun for 0, else the one named', async () => {
    for (const round of [1, 2]) await bus.publish(prepared('rounds', round));
    await bus.publish(prepared('other', 3));
    expect(await roundOrLast(bus, 'rounds', 0)).toBe(2);
    expect(await roundOrLast(bus, 'rounds', 1)).toBe(1);
    await expect(roundOrLast(bus, 'unknown', 0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(roundOrLast(bus, 'No Id', 0)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('the report on a task', () => {
  const of = { search: 'reports', stage: 'retrain', round: 0 } as const;
  const job = { id: 'reports-retrain-chosen', service: 'retrainer', of, replicas: 1, input: {} } as const;
  const report = () => taskReport(bus, job.id, of, 'such retraining');

  it('is NOT_FOUND before the task was begun', async () => {
    await expect(report()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no such retraining',
    });
  });

  it('says that it failed once its service gave up, whatever the workers said', async () => {
    const jobs = new LocalJobs({ bus, natsUrl: server.url, programs: {}, log });
    const resources = { threads: 1, gpus: 0, memoryMiB: 100 };
    await expect(jobs.run({ ...job, resources }, new AbortController().signal)).rejects.toThrow(
      'no worker program',
    );
    expect(await report()).toMatchObject({ state: 'TASK_STATE_PENDING', failure: null });
    const failed = { search: 'reports', stage: 'retrain', round: 0, reason: 'crashed', attempts: 3 } as const;
    await bus.publish(newEvent('task.failed', failed, 'tests'));
    expect(await report()).toMatchObject({
      state: 'TASK_STATE_FAILED',
      failure: { stage: 'retrain', round: 0, reason: 'crashed' },
    });
  });
});
