import { NseError } from '@nse/space';
import { median } from 'simple-statistics';
import type { Bench } from '../settle.js';
import type { Sight } from '../throttle.js';
import type { HostState } from './host-state.js';
import type { Pace } from './pace.js';
import type { Run } from './protocol.js';
import type { RuntimeProcess } from './runtime-process.js';
import type { UsualPace } from './usual-pace.js';

/** Of each model, in each block. */
const blockMs = 25;

/** Others take our cores where fewer of a block's runs than this share had them alone. */
const enoughAlone = 0.5;

/** As few runs of a model in a block are better than those that others or the clock disturbed. */
const enoughRuns = 2;

/** Of marks in a look that follows a wait. */
const lookMs = 5;

/** No single run of a model that is worth measuring takes as long. */
export const blockLimitMs = 60_000;

/** Blocks of runs in the runtime's process, as at the host's own pace and without what a run costs besides the inference. */
export class RuntimeBench implements Bench {
  /** What the last block told, until it is looked at. */
  private lastBlock: Pick<Sight, 'referenceMs' | 'limit'> | undefined;

  constructor(
    private readonly runtime: RuntimeProcess,
    private readonly state: HostState,
    private readonly pace: Pace,
    private readonly usual: UsualPace,
    /** In ms, at that pace. */
    private readonly overheadMs: number,
  ) {}

  async block(
    models: readonly number[],
    anyway: boolean,
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    const reply = await this.runtime.ask({ kind: 'block', models, forMs: blockMs }, blockLimitMs, signal);
    if (reply.kind !== 'runs')
      throw new NseError('INTERNAL', `the runtime answered ${reply.kind} to a block`);
    const all = reply.runs.flat();
    const crowded = all.filter(({ alone }) => alone).length < enoughAlone * all.length;
    const marks = reply.runs.map((runs) => median(runs.map(({ markMs }) => markMs)));
    for (const mark of marks) this.usual.saw(mark, blockMs);
    const calm = marks.map((mark) => this.usual.isCalm(mark));
    this.lastBlock = {
      referenceMs: median(marks),
      ...(crowded ? { limit: 'other programs were given the cores' } : slowedDown(calm.includes(true))),
    };
    return reply.runs.map((runs, place) => (anyway || calm[place] === true ? this.times(runs) : []));
  }

  async look(signal: AbortSignal): Promise<Sight> {
    const [state, seen] = await Promise.all([this.state.look(), this.lastBlock ?? this.freshMark(signal)]);
    this.lastBlock = undefined;
    return { ...state, ...seen };
  }

  /** Whether others still want the cores shows in the next block only, but whether they slow them down shows at once. */
  private async freshMark(signal: AbortSignal): Promise<Pick<Sight, 'referenceMs' | 'limit'>> {
    const reply = await this.runtime.ask({ kind: 'pace', forMs: lookMs }, blockLimitMs, signal);
    if (reply.kind !== 'pace' || !Number.isFinite(reply.quickestMs)) return {};
    this.usual.saw(reply.medianMs, lookMs);
    return { referenceMs: reply.quickestMs, ...slowedDown(this.usual.isCalm(reply.medianMs)) };
  }

  private times(runs: readonly Run[]): number[] {
    const alone = runs.filter((run) => run.alone);
    const steady = alone.filter((run) => run.steady);
    const chosen = [steady, alone].find(({ length }) => length >= enoughRuns) ?? runs;
    return chosen.map((run) => Math.max(this.pace.scaled(run) - this.overheadMs, 0.001));
  }
}

const slowedDown = (calm: boolean): Pick<Sight, 'limit'> =>
  calm ? {} : { limit: 'others compute on the same cores' };
