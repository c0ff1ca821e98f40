import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseCoreList } from '../cores.js';
import type { MeasureOptions } from '../device.js';
import { defaultMeasureOptions } from '../options.js';
import { convChain } from '../testing/conv-chain.js';
import { HostDevice } from './host-device.js';

const options: MeasureOptions = { ...defaultMeasureOptions, maxSeconds: 20 };
/** Never settles, so that there is something to stop. */
const endless: MeasureOptions = { ...options, within: 0, maxRuns: 1_000_000, maxSeconds: 600 };
const never = new AbortController().signal;

/** A device, and the process of its first measurement as soon as the runtime is loaded into it. */
function watched(): { readonly device: HostDevice; readonly runtime: Promise<number> } {
  let started: (pid: number) => void = () => undefined;
  const pid = new Promise<number>((resolve) => {
    started = resolve;
  });
  const device = new HostDevice((given) => started(given));
  return { device, runtime: pid.then(untilLoaded) };
}

async function untilLoaded(pid: number): Promise<number> {
  for (let tries = 0; tries < 3_000; tries++) {
    if (textIn(`/proc/${pid}/maps`).includes('libonnxruntime')) return pid;
    await delay(10);
  }
  throw new Error('the runtime was not loaded within 30 s');
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The cores that each thread of the process may be on. */
function coresOfThreads(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map(
    (thread) => /^Cpus_allowed_list:\s*(\S+)/m.exec(textIn(`/proc/${pid}/task/${thread}/status`))?.[1] ?? '',
  );
}

describe('HostDevice', () => {
  test('finds twice the work to take twice the time', async () => {
    const device = new HostDevice();
    const [four, eight] = await device.measure([convChain(4), convChain(8)], options, never);
    // A model is left at a quarter of the runs, not settled, where others keep the machine busy.
    expect(four!.runs).toBeGreaterThanOrEqual(four!.settled ? options.minRuns : options.minRuns / 4);
    expect(four!.lowMs).toBeLessThanOrEqual(four!.medianMs);
    expect(four!.highMs).toBeGreaterThanOrEqual(four!.medianMs);
    expect(eight!.medianMs / four!.medianMs).toBeGreaterThan(1.7);
    expect(eight!.medianMs / four!.medianMs).toBeLessThan(2.3);
  });

  test('finds the same again in another process', async () => {
    const device = new HostDevice();
    const [first] = await device.measure([convChain(6)], options, never);
    const [again] = await device.measure([convChain(6)], options, never);
    // Far wider than what `npm run bench -- latency` shows: machines that run tests are busy with others.
    expect(again!.medianMs / first!.medianMs).toBeGreaterThan(0.85);
    expect(again!.medianMs / first!.medianMs).toBeLessThan(1.18);
  });

  test('says what the runtime said of a file that is no model, and of which', async () => {
    const measuring = new HostDevice().measure(
      [convChain(1), Uint8Array.of(1, 2, 3)],
      { ...options, warmupSeconds: 0 },
      never,
    );
    await expect(measuring).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'ModelRefused',
      message: expect.stringMatching(/model 2 of 2: .*protobuf/) as string,
      retryable: false,
    });
  });

  test('is unavailable where its process is killed in the middle, and measures the next time', async () => {
    const { device, runtime } = watched();
    const measuring = device.measure([convChain(2)], endless, never);
    const kill = runtime.then((pid) => process.kill(pid, 'SIGKILL'));
    await expect(measuring).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('SIGKILL') as string,
    });
    await kill;
    expect(await device.measure([convChain(2)], options, never)).toHaveLength(1);
  });

  test.each(['works', 'hangs'])('ends at once when it is stopped while its process %s', async (how) => {
    const { device, runtime } = watched();
    const stop = new AbortController();
    const measuring = device.measure([convChain(2)], endless, stop.signal);
    let stoppedAt = 0;
    const stopping = runtime.then((pid) => {
      if (how === 'hangs') process.kill(pid, 'SIGSTOP');
      stoppedAt = performance.now();
      stop.abort();
      return pid;
    });
    await expect(measuring).rejects.toMatchObject({ code: 'ABORTED' });
    const pid = await stopping;
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    expect(existsSync(`/proc/${pid}/maps`)).toBe(false);
  });

  test('keeps all threads on the cores that it is given, each but the first on one of its own', async () => {
    const allowed = parseCoreList(
      /^Cpus_allowed_list:\s*(\S+)/m.exec(textIn('/proc/self/status'))?.[1] ?? '',
    );
    const pinned = allowed.slice(-2);
    const { device, runtime } = watched();
    const stop = new AbortController();
    const settings = { ...endless, pinned, threads: pinned.length };
    const measuring = device.measure([convChain(2)], settings, stop.signal);
    if (device.facts.properties['pinning'] !== 'taskset') {
      await expect(measuring).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', field: 'pinned' });
      return;
    }
    const pid = await runtime;
    const last = String(pinned.at(-1));
    // The runtime's own threads come with the session, a little after its library.
    for (let tries = 0; tries < 500 && !coresOfThreads(pid).includes(last); tries++) await delay(10);
    const cores = coresOfThreads(pid);
    stop.abort();
    await expect(measuring).rejects.toMatchObject({ code: 'ABORTED' });
    expect(cores).toContain(last);
    for (const each of cores) expect(parseCoreList(each).every((core) => pinned.includes(core))).toBe(true);
  });

  test('hands its environment on to nobody', async () => {
    process.env['NSE_TOKENS'] = 'secret';
    try {
      const { device, runtime } = watched();
      const stop = new AbortController();
      const measuring = device.measure([convChain(1)], endless, stop.signal);
      const environment = textIn(`/proc/${await runtime}/environ`);
      stop.abort();
      await expect(measuring).rejects.toMatchObject({ code: 'ABORTED' });
      expect(environment).toContain('PATH=');
      expect(environment).not.toContain('secret');
    } finally {
      delete process.env['NSE_TOKENS'];
    }
  });

  test('refuses cores and threads that the host does not have', async () => {
    const device = new HostDevice();
    const cores = cpus().length;
    for (const wrong of [{ pinned: [cores] }, { threads: cores + 1 }, { threads: 0 }])
      await expect(device.measure([convChain(1)], { ...options, ...wrong }, never)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        field: Object.keys(wrong)[0],
      });
  });
});
