import { type Random, randomFrom } from '@nse/space';
import { drawKill, drawOther, type Fault, nameOf } from './draw.js';
import { type Evidence, gather } from './evidence.js';
import { inject } from './inject.js';
import { type Recovery, recovered } from './recovery.js';
import { Signs } from './signs.js';
import { bounded, type Sizes, sizesOf } from './sizes.js';
import { specs } from './specs.js';
import { FaultySystem } from './system.js';
import { violationsOf } from './validators.js';

export interface CampaignOptions {
  readonly seed: number;
  /** Exactly so many processes are killed. */
  readonly kills: number;
  readonly searches: number;
  /** How many searches run at once at most; drawn from 1 to it. */
  readonly atOnce: number;
  /** Which of `specs` are searched. */
  readonly kinds: readonly string[];
  readonly say: (line: string) => void;
  /** Faults that come before the drawn ones. */
  readonly first?: readonly Fault[];
  /** What is published without the campaign's doing: for the test that a broken publisher is caught. */
  readonly plant?: (system: FaultySystem) => Promise<unknown>;
}

export interface CampaignResult {
  readonly kills: number;
  readonly searches: number;
  /** How often each fault was done. */
  readonly faults: Readonly<Record<string, number>>;
  /** Faults whose moment did not come: armed points that were taken back among them. */
  readonly missed: Readonly<Record<string, number>>;
  readonly recoveries: readonly Recovery[];
  readonly violations: readonly string[];
  readonly sizes: Sizes;
  readonly seconds: number;
}

const OVER_WITHIN_MS = 900_000;
/** The share of faults that kill nothing, and of those that do not wait for the one before to be over. */
const OTHERS = 0.25;
const OVERLAPPING = 0.2;

/** Runs one undisturbed search of each kind, then searches under drawn faults until the kills are used up; judges all. */
export async function campaign(options: CampaignOptions): Promise<CampaignResult> {
  const started = performance.now();
  const system = await FaultySystem.start();
  const run = new Run(system, options);
  let left: string[];
  try {
    await options.plant?.(system);
    await run.undisturbed();
    await run.disturbed();
  } finally {
    await run.stop();
    left = (await system.stop()).map(({ command }) => `still runs after the end: ${command}`);
  }
  const seconds = (performance.now() - started) / 1000;
  return { ...run.result(), violations: [...run.violations, ...left], seconds };
}

/** One campaign under way. */
class Run {
  readonly violations: string[] = [];
  private readonly random: Random;
  private readonly signs: Signs;
  private readonly baselines = new Map<string, Evidence>();
  private readonly faults: Record<string, number> = {};
  private readonly missed: Record<string, number> = {};
  private readonly recoveries: Recovery[] = [];
  private readonly pending = new Set<Promise<void>>();
  private readonly first: Fault[];
  private kills = 0;
  private searches = 0;
  private sizes: Sizes = { streams: {} };
  private undisturbedSizes: Sizes = { streams: {} };

  constructor(
    private readonly system: FaultySystem,
    private readonly options: CampaignOptions,
  ) {
    this.random = randomFrom(options.seed, 'faults');
    this.signs = new Signs(system.bus);
    this.first = [...(options.first ?? [])];
  }

  async undisturbed(): Promise<void> {
    for (const kind of this.options.kinds) {
      const search = `plain-${kind}`;
      await this.search(search, kind);
      const evidence = await gather(this.system.bus, this.system.nats, search);
      this.baselines.set(kind, evidence);
      this.judge(evidence, evidence);
    }
    this.undisturbedSizes = await sizesOf(this.system.nats);
  }

  /** More searches than asked for where they end before all kills are done. */
  async disturbed(): Promise<void> {
    const { kills, searches } = this.options;
    while (this.searches < searches || this.kills < kills) {
      const room = Math.max(1, searches - this.searches);
      const number = Math.min(room, 1 + this.random.below(this.options.atOnce));
      const share = Math.ceil(((kills - this.kills) * number) / room);
      await this.batch(number, Math.min(kills - this.kills, share));
    }
    this.sizes = await sizesOf(this.system.nats);
    const ratio = this.searches / Math.max(1, this.options.kinds.length);
    this.violations.push(...bounded(this.undisturbedSizes, this.sizes, ratio));
  }

  async stop(): Promise<void> {
    await this.signs.stop();
  }

  result(): Omit<CampaignResult, 'violations' | 'seconds'> {
    const { kills, searches, faults, missed, recoveries, sizes } = this;
    return { kills, searches, faults, missed, recoveries, sizes };
  }

  /** Some searches at once, disturbed until their share of kills is done, then left to end. */
  private async batch(number: number, kills: number): Promise<void> {
    const { kinds } = this.options;
    const names = Array.from({ length: number }, () => {
      this.searches++;
      return { search: `faulty-${this.searches}`, kind: kinds[this.random.below(kinds.length)] ?? '' };
    });
    const running = new Set(names.map(({ search }) => search));
    const searches = Promise.all(
      names.map(({ search, kind }) => this.search(search, kind).finally(() => running.delete(search))),
    );
    await Promise.all([searches, this.disturb(running, kills)]);
    await Promise.all(this.pending);
    for (const { search, kind } of names) {
      const baseline = this.baselines.get(kind);
      const evidence = await gather(this.system.bus, this.system.nats, search);
      if (baseline !== undefined) this.judge(evidence, baseline);
    }
    const busy = this.system
      .workers()
      .map(({ task }) => `a worker of ${task} runs after the end of its search`);
    this.violations.push(...busy);
  }

  private async search(search: string, kind: string): Promise<void> {
    const spec = specs[kind];
    if (spec === undefined) throw new RangeError(`there is no spec ${kind}`);
    const started = performance.now();
    await this.system.create(search, spec);
    const phase = await this.system.until(search, 'SUCCEEDED', OVER_WITHIN_MS);
    this.options.say(`${search} (${kind}): ${phase} after ${Math.round(performance.now() - started)} ms`);
  }

  private async disturb(running: ReadonlySet<string>, kills: number): Promise<void> {
    const enough = this.kills + kills;
    const over = () => running.size === 0;
    while ((this.kills < enough || this.first.length > 0) && !over()) {
      await this.pause(300 + this.random.below(2_500), over);
      const draw = this.random.next() < OTHERS ? drawOther : drawKill;
      const fault = this.first.shift() ?? draw(this.random);
      const overlapping = this.random.next() < OVERLAPPING;
      if (!over()) await this.fault(fault, running, over, overlapping);
    }
  }

  private async fault(
    fault: Fault,
    running: ReadonlySet<string>,
    over: () => boolean,
    overlapping: boolean,
  ): Promise<void> {
    const name = nameOf(fault);
    const injection = await inject(this.system, fault, [...running], over);
    const table = injection.kind === 'missed' ? this.missed : this.faults;
    table[name] = (table[name] ?? 0) + 1;
    if (injection.kind === 'violated') this.violations.push(injection.violation);
    if (injection.kind !== 'done') return;
    this.options.say(`  ${name}${injection.detail === undefined ? '' : ` (${injection.detail})`}`);
    if (injection.killed === undefined) return;
    this.kills++;
    const recovery = this.recovery(injection.killed, running);
    this.pending.add(recovery);
    void recovery.finally(() => this.pending.delete(recovery));
    if (!overlapping) await recovery;
  }

  private async recovery(killed: string, running: ReadonlySet<string>): Promise<void> {
    const overlapped = this.pending.size > 0;
    const ms = await recovered(this.system, this.signs, killed, () => [...running], performance.now());
    if (ms === undefined) this.violations.push(`no search went on after ${killed} was killed`);
    else this.recoveries.push({ killed, ms: Math.round(ms), overlapped });
  }

  private async pause(ms: number, over: () => boolean): Promise<void> {
    const end = performance.now() + ms;
    while (performance.now() < end && !over()) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  private judge(evidence: Evidence, baseline: Evidence): void {
    const found = violationsOf(evidence, baseline);
    for (const violation of found) this.options.say(`VIOLATION ${violation}`);
    this.violations.push(...found);
  }
}
