import { NseError } from '@nse/space';
import { median } from 'simple-statistics';
import { checkNotStopped, systemClock } from '../clock.js';
import { checkPinned } from '../cores.js';
import type { Device, DeviceFacts, Measured, MeasureOptions } from '../device.js';
import { settle } from '../settle.js';
import type { ThrottleRules } from '../throttle.js';
import { hostFacts } from './host-facts.js';
import { HostState } from './host-state.js';
import { inputNoise } from './input-noise.js';
import { Pace } from './pace.js';
import { Patience } from './patience.js';
import type { Reply, Request, Run } from './protocol.js';
import { blockLimitMs, RuntimeBench } from './runtime-bench.js';
import { RuntimeProcess } from './runtime-process.js';
import { trivialModel } from './trivial-model.js';
import { UsualPace } from './usual-pace.js';

/** Enough marks to meet the best clock, though a host under load is there for one in a hundred only. Once for a device. */
const firstPaceMs = 2_000;
/** For every process' code to be warm; and about as long as a model's runs in a block. */
const paceMs = 50;
/** It is the process and the clock that take long to get warm; a model beside others needs a few runs. */
const leastWarmupMs = 8;
/** What a run costs besides the inference is the same for all calls, so that of these is taken together. */
const keptOverheads = 20;

const startLimitMs = 60_000;

/** But for how long to wait at most, which `Patience` says. */
const hostRules: Omit<ThrottleRules, 'maxWaitMs'> = {
  // Changes of the clock are scaled out; this is more than any of them.
  slower: 0.5,
  // Clocks are read between blocks, when cores rest and so clock down. The marks tell more.
  clockFall: 1,
  maxTemperatureC: 100,
  firstWaitMs: 10,
  longestWaitMs: 40,
};

/** This machine, by ONNX Runtime in a process of its own for each call. */
export class HostDevice implements Device {
  readonly facts: DeviceFacts;
  private readonly pace = new Pace();
  private readonly usual = new UsualPace();
  private readonly patience = new Patience();
  /** Of calm times, in ms. */
  private readonly overheads: number[] = [];

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
    const { clock, over } = this.patience.clockOf(systemClock);
    const runtime = RuntimeProcess.start(options.pinned);
    if (runtime.pid !== undefined) this.onStart(runtime.pid);
    try {
      const bench = await this.benchOf(runtime, models, options, signal);
      const rules = { ...hostRules, maxWaitMs: this.patience.maxWaitMs };
      return await settle(bench, models.length, { ...options, rules, clock }, signal);
    } finally {
      over();
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
    const ownMs = Math.max(leastWarmupMs, (warmupSeconds * 1_000) / models.length);
    const warmupMs = Math.min(warmupSeconds * 1_000, ownMs);
    const given = { models, trivial: trivialModel(), noise: inputNoise() };
    const load: Request = { kind: 'load', ...given, threads, pinned, warmupMs };
    const limitMs = startLimitMs + models.length * (warmupMs + blockLimitMs);
    const loaded = accepted(await runtime.ask(load, limitMs, signal), models.length);
    await this.findPace(runtime, signal);
    const overheadMs = this.overheadOf(loaded.overhead);
    const cores = pinned.length > 0 ? pinned : Array.from({ length: this.facts.cores }, (_, core) => core);
    return new RuntimeBench(runtime, new HostState(cores), this.pace, this.usual, overheadMs);
  }

  private async findPace(runtime: RuntimeProcess, signal: AbortSignal): Promise<void> {
    const forMs = this.pace.isKnown ? paceMs : firstPaceMs;
    let quickest = Infinity;
    for (let spentMs = 0; spentMs < forMs; spentMs += paceMs) {
      const reply = await runtime.ask({ kind: 'pace', forMs: paceMs }, startLimitMs, signal);
      if (reply.kind !== 'pace')
        throw new NseError('INTERNAL', `the runtime answered ${reply.kind} to marks`);
      quickest = Math.min(quickest, reply.quickestMs);
      this.usual.saw(reply.medianMs, paceMs);
    }
    this.pace.saw(quickest);
  }

  /** What a run costs besides the inference, in ms at the host's pace; of calm times, where there were any. */
  private overheadOf(runs: readonly Run[]): number {
    const now = median(runs.map((run) => this.pace.scaled(run)));
    if (this.usual.isCalm(median(runs.map(({ markMs }) => markMs)))) {
      this.overheads.push(now);
      if (this.overheads.length > keptOverheads) this.overheads.shift();
    }
    return this.overheads.length === 0 ? now : median(this.overheads);
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
