import { NseError } from '@nse/space';
import { checkNotStopped, systemClock } from '../clock.js';
import { checkPinned } from '../cores.js';
import type { Device, DeviceFacts, Measured, MeasureOptions } from '../device.js';
import { settle } from '../settle.js';
import { medianInterval } from '../statistics.js';
import type { ThrottleRules } from '../throttle.js';
import { hostFacts } from './host-facts.js';
import { HostState } from './host-state.js';
import { Pace } from './pace.js';
import type { Reply, Request } from './protocol.js';
import { blockLimitMs, RuntimeBench } from './runtime-bench.js';
import { RuntimeProcess } from './runtime-process.js';
import { trivialModel } from './trivial-model.js';

/** Enough marks to meet the best clock, though a host under load is there for one in a hundred only. Once for a device. */
const firstPaceMs = 2_000;
/** For every process' code to be warm. */
const paceMs = 50;

const startLimitMs = 60_000;

export const hostRules: ThrottleRules = {
  // Changes of the clock are scaled out; this is more than any of them.
  slower: 0.5,
  // Clocks are read between blocks, when cores rest and so clock down. The marks tell more.
  clockFall: 1,
  maxTemperatureC: 100,
  firstWaitMs: 20,
  longestWaitMs: 500,
  maxWaitMs: 2_000,
};

/** This machine, by ONNX Runtime in a process of its own for each call. */
export class HostDevice implements Device {
  readonly facts: DeviceFacts;
  private readonly pace = new Pace();

  /**
   * @param onStart is told the id of the process of each call
   * @param name of this machine, where it is not the system's own
   */
  constructor(
    private readonly onStart: (pid: number) => void = () => undefined,
    name?: string,
  ) {
    this.facts = hostFacts(name);
  }

  async measure(
    models: readonly Uint8Array[],
    options: MeasureOptions,
    signal: AbortSignal,
  ): Promise<readonly Measured[]> {
    this.check(options);
    checkNotStopped(signal);
    if (models.length === 0) return [];
    const runtime = RuntimeProcess.start(options.pinned);
    if (runtime.pid !== undefined) this.onStart(runtime.pid);
    try {
      const bench = await this.benchOf(runtime, models, options, signal);
      const settleOptions = { ...options, rules: hostRules, clock: systemClock };
      return await settle(bench, models.length, settleOptions, signal);
    } finally {
      await runtime.stop();
    }
  }

  private check({ pinned, threads }: MeasureOptions): void {
    const { cores, properties } = this.facts;
    checkPinned(pinned, cores);
    if (pinned.length > 0 && properties['pinning'] !== 'taskset')
      throw new NseError('FAILED_PRECONDITION', 'threads stay on cores by taskset, which this host lacks', {
        field: 'pinned',
      });
    if (Number.isInteger(threads) && threads >= 1 && threads <= (pinned.length || cores)) return;
    const most = pinned.length === 0 ? `the host's ${cores} cores` : `${pinned.length} pinned cores`;
    throw new NseError('INVALID_ARGUMENT', `threads must be 1 to the number of ${most}, not ${threads}`, {
      field: 'threads',
    });
  }

  private async benchOf(
    runtime: RuntimeProcess,
    models: readonly Uint8Array[],
    { threads, pinned, warmupSeconds }: MeasureOptions,
    signal: AbortSignal,
  ): Promise<RuntimeBench> {
    const warmupMs = warmupSeconds * 1_000;
    const load: Request = { kind: 'load', models, trivial: trivialModel(), threads, pinned, warmupMs };
    const limitMs = startLimitMs + models.length * (warmupMs + blockLimitMs);
    const loaded = accepted(await runtime.ask(load, limitMs, signal), models.length);
    const forMs = this.pace.isKnown ? paceMs : firstPaceMs;
    const reply = await runtime.ask({ kind: 'pace', forMs }, startLimitMs + forMs, signal);
    if (reply.kind === 'pace') this.pace.saw(reply.markMs);
    const { pace } = this;
    const overheadMs = medianInterval(loaded.overhead.map((run) => pace.scaled(run))).median;
    const cores = pinned.length > 0 ? pinned : Array.from({ length: this.facts.cores }, (_, core) => core);
    return new RuntimeBench(runtime, new HostState(cores), pace, overheadMs);
  }
}

function accepted(reply: Reply, models: number): Reply & { kind: 'loaded' } {
  if (reply.kind === 'loaded') return reply;
  if (reply.kind === 'refused')
    throw new NseError(
      'FAILED_PRECONDITION',
      `ONNX Runtime does not run model ${reply.model + 1} of ${models}: ${reply.message}`,
      { reason: 'ModelRefused' },
    );
  throw new NseError('INTERNAL', `the runtime answered ${reply.kind} to models`);
}
