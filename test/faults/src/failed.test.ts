import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactRef } from '@nse/messaging';
import { arm, disarm } from '@nse/telemetry';
import { type Evidence, gather, type Json } from './evidence.js';
import { writeImages } from './own-images.js';
import { signal } from './processes.js';
import { specWith } from './specs.js';
import { FaultySystem, waitFor } from './system.js';
import { violationsOf } from './validators.js';

const LONG = 600_000;
const patient = { waitForReady: true, deadlineMs: 60_000 };

const images = mkdtempSync(join(tmpdir(), 'nse-faults-images-'));
const spec = specWith({
  dataset: { kind: 'fashion-mnist', path: images, train: 1_000, heldOut: 500 },
  retrain: {
    epochs: 0.5,
    batchSize: 50,
    threads: 1,
    learningRate: { warmupEpochs: 0.1 },
    compareRandom: false,
  },
});

let system: FaultySystem;
let undisturbed: Evidence;

beforeAll(async () => {
  writeImages(images, { train: 1_500, test: 250 });
  system = await FaultySystem.start();
  await system.create('sound', spec);
  expect(await system.until('sound', 'SUCCEEDED', LONG)).toBe('SUCCEEDED');
  undisturbed = await gather(system.bus, system.nats, 'sound');
});

afterAll(async () => {
  await system.stop();
  rmSync(images, { recursive: true, force: true });
});

const resume = (search: string) => system.spaceManager.resumeSearch({ search }, patient);

/** What the search says of its failure, once it has failed. */
async function failureOf(search: string): Promise<{ stage: string; round: number; reason: string }> {
  expect(await system.until(search, 'FAILED', LONG)).toBe('FAILED');
  return (await system.state(search))['failure'] as { stage: string; round: number; reason: string };
}

const isGone = (file: string) => waitFor(() => !existsSync(file), LONG);

/** Waits until no worker of the search is left. */
const areGone = (search: string) =>
  waitFor(() => system.workers().every(({ task }) => !task.startsWith(`${search}-`)), LONG);

/** One search that everything happens to, each after the other. */
describe('a search whose cause of failure goes away', () => {
  const search = 'failing';
  const point = { program: 'supernet-trainer-worker', point: 'checkpoint.before' } as const;

  it('has failed, with the reason, after three failures of its worker', async () => {
    await system.create(search, spec);
    let file = '';
    const again = async () => {
      if (!existsSync(file)) file = arm(system.failpoints, { ...point, action: 'error' });
      return (await system.phase(search)) === 'FAILED';
    };
    await waitFor(again, LONG);
    disarm(file);
    const failure = await failureOf(search);
    expect(failure).toMatchObject({ stage: 'train', round: 1 });
    expect(failure.reason).toContain('after 3 attempts');
    expect(failure.reason).toContain('failpoint checkpoint.before of supernet-trainer-worker');
  });

  it('begins its task again where the checkpoint was cut short', async () => {
    const stop = { program: 'supernet-trainer-worker', point: 'checkpoint.after', action: 'stop' } as const;
    const file = arm(system.failpoints, stop);
    await resume(search);
    expect(await isGone(file)).toBe(true);
    await system.spaceManager.pauseSearch({ search }, patient);
    expect(await areGone(search)).toBe(true);
    const runs = await system.bus.states<Json>('NSE_RUNS', (value) => value as Json);
    const run = await runs.get(`${search}-r1-train.0`);
    const { artifact } = run!.value['checkpoint'] as { artifact: ArtifactRef };
    const content = await system.bus.artifacts.get(artifact);
    await system.bus.artifacts.put(artifact.name, content.subarray(0, content.byteLength / 2));
    await resume(search);
    const told = () => system.logged('supernet-trainer').includes('the checkpoint is damaged');
    expect(await waitFor(told, LONG)).toBe(true);
  });

  it('names the data file that is broken, keeps its rounds', async () => {
    await system.event(search, 'supernet.trained', LONG);
    const stop = { program: 'supernet-trainer-worker', point: 'job-start.after', action: 'stop' } as const;
    expect(await isGone(arm(system.failpoints, stop))).toBe(true);
    const broken = join(images, 'train-images-idx3-ubyte');
    const content = readFileSync(broken);
    truncateSync(broken, 10_000);
    for (const { pid } of system.workers()) signal(pid, 'SIGKILL');
    const failure = await failureOf(search);
    writeFileSync(broken, content);
    expect(failure).toMatchObject({ stage: 'train', round: 2 });
    expect(failure.reason).toContain(broken);
    const { rounds } = await system.spaceManager.listRounds({ search }, patient);
    expect(rounds.map(({ round }) => round)).toEqual([1]);
  });

  it('names the artifact that is damaged and cannot be made again', async () => {
    const { name } = (await system.state(search))['carried'] as ArtifactRef;
    const content = await system.bus.artifacts.get(name);
    await system.bus.artifacts.put(name, content.subarray(0, 1_000));
    await resume(search);
    const failure = await failureOf(search);
    expect(failure).toMatchObject({ stage: 'train', round: 2 });
    expect(failure.reason).toContain(name);
    await system.bus.artifacts.put(name, content);
  });

  it('finds in the end what it would have found at once', async () => {
    await resume(search);
    expect(await system.until(search, 'SUCCEEDED', LONG)).toBe('SUCCEEDED');
    expect(violationsOf(await gather(system.bus, system.nats, search), undisturbed)).toEqual([]);
  });
});

describe('a search whose store is too small', () => {
  it('fails with that reason, and goes on in a larger one', async () => {
    await system.stop();
    process.env['NSE_NATS_MAX_STORE'] = '10GB';
    try {
      system = await FaultySystem.start();
    } finally {
      delete process.env['NSE_NATS_MAX_STORE'];
    }
    await system.create('small', spec);
    const failure = await failureOf('small');
    expect(failure).toMatchObject({ stage: 'train', round: 1 });
    expect(failure.reason).toContain('insufficient storage');
    const config = join(system.folder, 'nats-server.conf');
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace('max_file_store: 10GB', 'max_file_store: 32GB'),
    );
    const server = system.processes().find(({ command }) => /^\S*nats-server -c/.test(command));
    expect(signal(server!.pid, 'SIGKILL')).toBe(true);
    await resume('small');
    expect(await system.until('small', 'SUCCEEDED', LONG)).toBe('SUCCEEDED');
    expect(violationsOf(await gather(system.bus, system.nats, 'small'), undisturbed)).toEqual([]);
  });
});
