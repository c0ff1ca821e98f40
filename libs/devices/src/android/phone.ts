import { NseError } from '@nse/space';
import { checkNotStopped, systemClock } from '../clock.js';
import { checkPinned } from '../cores.js';
import type { Device, DeviceFacts, Measured, MeasureOptions } from '../device.js';
import { settle } from '../settle.js';
import type { ThrottleRules } from '../throttle.js';
import type { DeviceFolder, Program } from './folder.js';
import { PhoneBench } from './phone-bench.js';

/** How a phone is noticed to be slowed down, and how long it is waited for. Clocks are read between calls, when they rest, so their fall says nothing. */
export const phoneRules: ThrottleRules = {
  slower: 0.25,
  clockFall: 1,
  maxTemperatureC: 45,
  firstWaitMs: 5_000,
  longestWaitMs: 30_000,
  maxWaitMs: 120_000,
};

/** From the moment when a phone came to the one when it goes. */
export interface Attachment {
  /** Aborts when it goes away. */
  readonly gone: AbortSignal;
  /** Says that it no longer answered: adb lists a phone of the network for another minute. Aborts `gone`. */
  readonly lost: () => void;
}

/** For what has to be done on the device after a measurement was stopped. */
const CLEAN_UP_MS = 20_000;

/** An attached phone. */
export class Phone implements Device {
  /** A limit, such as a cap of its clocks, that did not go however long it was waited for. */
  private lasting: string | undefined;

  constructor(
    readonly facts: DeviceFacts,
    private readonly folder: DeviceFolder,
    private readonly program: Program | undefined,
    private readonly rules: ThrottleRules,
    private readonly attachment: Attachment,
  ) {}

  async measure(
    models: readonly Uint8Array[],
    options: MeasureOptions,
    signal: AbortSignal,
  ): Promise<readonly Measured[]> {
    const { program } = this;
    const { gone, lost } = this.attachment;
    if (program === undefined) throw noProgram();
    checkOptions(options, this.facts.cores);
    checkNotStopped(signal);
    if (models.length === 0) return [];
    try {
      return await this.measureThere(program, models, options, AbortSignal.any([signal, gone]));
    } catch (error) {
      if (signal.aborted) throw error;
      if (NseError.from(error).code === 'UNAVAILABLE') lost();
      throw gone.aborted ? wentAway(this.facts.id, error) : error;
    } finally {
      await this.cleanUp(program);
    }
  }

  private async measureThere(
    program: Program,
    models: readonly Uint8Array[],
    options: MeasureOptions,
    signal: AbortSignal,
  ): Promise<readonly Measured[]> {
    await this.folder.tidy(program.sha256, signal);
    const path = await this.folder.install(program, signal);
    const paths: string[] = [];
    for (const model of models) paths.push(await this.folder.putModel(model, signal));
    return this.settled(path, paths, options, signal);
  }

  private async settled(
    program: string,
    paths: readonly string[],
    options: MeasureOptions,
    signal: AbortSignal,
  ): Promise<readonly Measured[]> {
    const { folder, rules } = this;
    const bench = await PhoneBench.warm(folder, program, paths, options, this.lasting, signal);
    // Only timed runs count against the limit; to start the program and to load the model does not.
    const clock = { now: () => bench.timedMs, wait: systemClock.wait.bind(systemClock) };
    const measured = await settle(bench, paths.length, { ...bench.limits, rules, clock }, signal);
    const { limit } = await bench.look(signal);
    if (limit !== undefined) this.lasting = limit;
    return measured.map((each, model) => ({ ...each, runs: bench.runsOf(model, each.runs) }));
  }

  /** Nothing is left running or lying about. A device that is gone is tidied when it is back. */
  private async cleanUp(program: Program): Promise<void> {
    const signal = AbortSignal.any([this.attachment.gone, AbortSignal.timeout(CLEAN_UP_MS)]);
    await this.folder.tidy(program.sha256, signal).catch(() => undefined);
  }
}

function checkOptions({ threads, pinned, maxSeconds, warmupSeconds }: MeasureOptions, cores: number): void {
  checkPinned(pinned, cores);
  const amounts = { maxSeconds, warmupSeconds };
  const wrong = [
    ...(Number.isInteger(threads) && threads > 0
      ? []
      : [{ field: 'threads', description: 'must be 1 or more' }]),
    ...Object.entries(amounts).flatMap(([field, value]) =>
      Number.isFinite(value) && value >= 0 ? [] : [{ field, description: 'must be 0 or more seconds' }],
    ),
  ];
  if (wrong.length > 0) throw NseError.invalid(wrong);
}

function wentAway(id: string, cause: unknown): NseError {
  const said = NseError.from(cause).message;
  return new NseError('UNAVAILABLE', `${id} went away in the middle of a measurement: ${said}`, { cause });
}

function noProgram(): NseError {
  return new NseError(
    'FAILED_PRECONDITION',
    'no benchmark_model to run on phones: set NSE_BENCHMARK_MODEL to the program for their processor, such as' +
      ' android_aarch64_benchmark_model of https://ai.google.dev/edge/litert/models/measurement',
    { reason: 'NoBenchmarkModel' },
  );
}
