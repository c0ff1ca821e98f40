import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus, type NatsServer, type ProgressMessage, startNatsServer } from '@nse/messaging';
import { logger } from '@nse/telemetry';
import type { JobOutcome, JobSpec } from './job.js';
import { LocalJobs } from './local-jobs.js';
import { TaskStore } from './task-store.js';
import type { CountResult, FixtureInput } from './testing/fixture-worker.js';

const worker = join(__dirname, '../dist/testing/fixture-worker.js');
const service = join(__dirname, '../dist/testing/fixture-service.js');
const log = logger('tests', { write: () => undefined });
const never = new AbortController().signal;

let server: NatsServer;
let bus: Bus;
let jobs: LocalJobs;
let store: TaskStore;

beforeAll(async () => {
  process.env['NSE_LOG_LEVEL'] = 'silent';
  server = await startNatsServer();
  bus = await connectBus({ url: server.url, name: 'tests', log });
  jobs = new LocalJobs({
    bus,
    natsUrl: server.url,
    programs: { retrainer: worker },
    log,
    restartDelayMs: 20,
  });
  store = await TaskStore.open(bus);
});

afterAll(async () => {
  await bus.close();
  await server.stop();
});

function job(id: string, input: FixtureInput, more: Partial<JobSpec> = {}): JobSpec {
  return {
    id,
    service: 'retrainer',
    of: { search: 'tests', stage: 'retrain', round: 0 },
    replicas: 1,
    input,
    resources: { threads: 1, gpus: 0, memoryMiB: 256 },
    ...more,
  };
}

function resultOf(outcome: JobOutcome): CountResult {
  if (outcome.kind !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return outcome.results[0] as CountResult;
}

/** The processes on this machine whose environment names the task. */
function workersOf(task: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`NSE_TASK=${task}`);
      } catch {
        return false; // It ended while we looked.
      }
    });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await condition()); waited += 25) {
    if (waited > 20_000) throw new Error('waited too long');
    await delay(25);
  }
}

function startService(spec: JobSpec): ChildProcess {
  const env = {
    ...process.env,
    NSE_NATS_URL: server.url,
    FIXTURE_WORKER: worker,
    FIXTURE_JOB: JSON.stringify(spec),
  };
  return spawn(process.execPath, [service], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('local jobs', () => {
  it('returns what each worker returned', async () => {
    const outcome = await jobs.run(
      job('echo', { kind: 'echo', value: [1, { a: null }] }, { replicas: 3 }),
      never,
    );
    const value = [1, { a: null }];
    const results = [0, 1, 2].map((replica) => ({ value, replica, threads: '1' }));
    expect(outcome).toEqual({ kind: 'succeeded', results });
  });

  it('runs a task once, whether it is asked for again while it runs or after it is done', async () => {
    const spec = job('once', { kind: 'count', steps: 3, stepMs: 5 });
    const [first, second] = await Promise.all([jobs.run(spec, never), jobs.run(spec, never)]);
    const third = await jobs.run({ ...spec, input: { kind: 'fail', retryable: false } }, never);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect((await store.record('once', 0))?.value.attempt).toBe(1);
  });

  it('lets a task wait for its turn where enough run', async () => {
    const one = new LocalJobs({
      bus,
      natsUrl: server.url,
      programs: { retrainer: worker },
      log,
      tasksAtOnce: 1,
    });
    const first = one.run(job('turn-1', { kind: 'count', steps: 3, stepMs: 5 }), never);
    const second = one.run(job('turn-2', { kind: 'count', steps: 1, stepMs: 5 }), never);
    expect((await first).kind).toBe('succeeded');
    // A worker takes its record when it starts, and a process takes its time to start.
    expect(await store.record('turn-2', 0)).toBeUndefined();
    expect((await second).kind).toBe('succeeded');
  });

  it('goes on from the last checkpoint when a worker is killed, and leaves no checkpoint behind', async () => {
    const spec = job('killed', { kind: 'count', steps: 6, stepMs: 5, dieAfter: 4 });
    const result = resultOf(await jobs.run(spec, never));
    expect(result.attempts).toEqual([1, 1, 1, 1, 2, 2]);
    for (const attempt of [1, 2]) {
      for (let step = 1; step <= 6; step++) {
        expect(await bus.artifacts.has(`killed.0.checkpoint-${attempt}-${step}`)).toBe(false);
      }
    }
  });

  it('removes checkpoints that a killed worker had stored and never noted', async () => {
    // As left by workers of their first starts; what other tasks and replicas keep is not touched.
    const names = ['unnoted.0.checkpoint-1-3', 'unnoted.0.checkpoint-7-9', 'unnoted.1.checkpoint-1-1'];
    const others = ['unnoted-2.0.checkpoint-1-1', 'unnoted/weights.safetensors'];
    for (const name of [...names, ...others]) await bus.artifacts.put(name, Buffer.from('x'));
    await jobs.run(job('unnoted', { kind: 'count', steps: 2, stepMs: 5, dieAfter: 1 }), never);
    for (const name of names) expect([name, await bus.artifacts.has(name)]).toEqual([name, false]);
    for (const name of others) expect([name, await bus.artifacts.has(name)]).toEqual([name, true]);
  });

  it('tells progress', async () => {
    const abort = new AbortController();
    const seen: ProgressMessage[] = [];
    const watching = (async () => {
      for await (const message of bus.onProgress({ search: 'tests', signal: abort.signal })) {
        if (message.task === 'progress') seen.push(message);
      }
    })();
    await jobs.run(job('progress', { kind: 'count', steps: 3, stepMs: 5 }), never);
    await until(() => seen.length === 3);
    abort.abort();
    await watching;
    const of = { search: 'tests', stage: 'retrain', round: 0, task: 'progress', steps: 3 };
    expect(seen).toEqual([1, 2, 3].map((step) => ({ ...of, step })));
  });

  it('gives up at once on a failure that stays', async () => {
    const outcome = await jobs.run(job('permanent', { kind: 'fail', retryable: false }), never);
    expect(outcome).toEqual({ kind: 'failed', reason: 'told to fail', attempts: 1 });
  });

  it('gives up on a passing failure after the allowed number of attempts', async () => {
    const outcome = await jobs.run(
      job('flaky', { kind: 'fail', retryable: true }, { maxAttempts: 2 }),
      never,
    );
    expect(outcome).toEqual({ kind: 'failed', reason: 'told to fail', attempts: 2 });
  });

  it('counts an error of no kind of ours as one that may pass', async () => {
    const spec = job('odd', { kind: 'throw' }, { maxAttempts: 2 });
    expect(await jobs.run(spec, never)).toEqual({ kind: 'failed', reason: 'no more memory', attempts: 2 });
    expect((await store.record('odd', 0))?.value).toMatchObject({ attempt: 2, failure: { retryable: true } });
  });

  it('tells the last words of a worker that crashed', async () => {
    const outcome = await jobs.run(job('crash', { kind: 'abort' }, { maxAttempts: 1 }), never);
    expect(outcome).toMatchObject({ kind: 'failed', attempts: 1 });
    expect(outcome.kind === 'failed' && outcome.reason).toMatch(/SIGABRT[^]*about to abort/);
  });

  it('stops the workers when it is told to stop, and goes on later', async () => {
    const spec = job('stopped', { kind: 'count', steps: 20, stepMs: 30 });
    const abort = new AbortController();
    const running = jobs.run(spec, abort.signal);
    await until(async () => (await store.record('stopped', 0))?.value.checkpoint !== undefined);
    abort.abort();
    expect(await running).toEqual({ kind: 'cancelled' });
    expect(workersOf('stopped')).toEqual([]);
    const result = resultOf(await jobs.run(spec, never));
    expect(new Set(result.attempts)).toEqual(new Set([1, 2]));
  });

  it('goes on for whoever asks while the workers are being stopped', async () => {
    const spec = job('asked-again', { kind: 'count', steps: 20, stepMs: 30 });
    const abort = new AbortController();
    const first = jobs.run(spec, abort.signal);
    await until(async () => (await store.record('asked-again', 0))?.value.checkpoint !== undefined);
    abort.abort();
    const second = jobs.run(spec, never);
    expect(await first).toEqual({ kind: 'cancelled' });
    expect(new Set(resultOf(await second).attempts)).toEqual(new Set([1, 2]));
  });

  it('leaves no worker behind when the service is killed, and another service goes on', async () => {
    const spec = job('orphan', { kind: 'count', steps: 40, stepMs: 25 });
    const child = startService(spec);
    await until(async () => (await store.record('orphan', 0))?.value.checkpoint !== undefined);
    expect(workersOf('orphan')).toHaveLength(1);
    child.kill('SIGKILL');
    const killed = performance.now();
    await until(() => workersOf('orphan').length === 0);
    expect(performance.now() - killed).toBeLessThan(10_000);
    const result = resultOf(await jobs.run(spec, never));
    expect(result.steps).toBe(40);
    expect(new Set(result.attempts)).toEqual(new Set([1, 2]));
  });

  it('waits for another process that is at the task, and takes it over when that one is gone', async () => {
    const spec = job('two-services', { kind: 'count', steps: 40, stepMs: 25 });
    const child = startService(spec);
    await until(async () => (await store.record('two-services', 0))?.value.checkpoint !== undefined);
    const outcome = jobs.run(spec, never);
    await until(async () => ((await store.record('two-services', 0))?.value.checkpoint?.step ?? 0) > 10);
    expect((await store.record('two-services', 0))?.value.attempt).toBe(1);
    child.kill('SIGKILL');
    const { attempts } = resultOf(await outcome);
    expect(attempts.filter((attempt) => attempt === 1).length).toBeGreaterThan(10);
    expect(new Set(attempts)).toEqual(new Set([1, 2]));
  });

  it('runs a task with one set of workers, however many processes are asked for it at once', async () => {
    const spec = job('many', { kind: 'count', steps: 20, stepMs: 10 });
    const others = [startService(spec), startService(spec), startService(spec)];
    const said = others.map((child) => {
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
      return () => text;
    });
    const outcome = await jobs.run(spec, never);
    await until(() => others.every(({ exitCode }) => exitCode !== null));
    expect(said.map((text) => JSON.parse(text()) as unknown)).toEqual(others.map(() => outcome));
    // Those that began in the same moment take the task from each other once; none comes back for it.
    expect((await store.record('many', 0))?.value.attempt).toBeLessThanOrEqual(4);
  });

  it('refuses the writes of a worker that was suspended while another took over', async () => {
    const spec = job('stale', { kind: 'count', steps: 30, stepMs: 20 });
    const child = startService(spec);
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(async () => (await store.record('stale', 0))?.value.checkpoint !== undefined);
    const [stale] = workersOf('stale');
    // The service first, as on a machine that hangs: else it would see to its worker itself.
    for (const pid of [child.pid!, stale!]) process.kill(pid, 'SIGSTOP');
    const result = resultOf(await jobs.run(spec, never));
    const after = await store.record('stale', 0);
    for (const pid of [stale!, child.pid!]) process.kill(pid, 'SIGCONT');
    await until(() => child.exitCode !== null);
    expect(result.attempts.at(-1)).toBe(2);
    expect(await store.record('stale', 0)).toEqual(after);
    // Its own service, too, ends with the one accepted result.
    expect(JSON.parse(said)).toEqual({ kind: 'succeeded', results: [result] });
  });

  it('finishes a shared queue although workers are killed', async () => {
    const chunks = Array.from({ length: 40 }, (_, index) => index);
    const queue = await bus.workQueue<number, { value: number; replica: number }>('queue');
    await queue.enqueue(chunks);
    const running = jobs.run(job('queue', { kind: 'queue', chunkMs: 30 }, { replicas: 2 }), never);
    for (let kill = 0; kill < 3; kill++) {
      await until(() => workersOf('queue').length === 2);
      await delay(300);
      const [victim] = workersOf('queue');
      if (victim !== undefined) process.kill(victim, 'SIGKILL');
    }
    const results = await queue.results(never);
    expect(results.map(({ value }) => value)).toEqual(chunks.map((chunk) => chunk * chunk));
    expect((await running).kind).toBe('succeeded');
  });
});
