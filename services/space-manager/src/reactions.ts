import { type Bus, type Consumption, type EventMap, newEvent, type NseEvent } from '@nse/messaging';
import { type Cost, macroNetwork, NseError } from '@nse/space';
import { costOfSearch } from '@nse/service';
import { type Logger, metrics } from '@nse/telemetry';
import { poolOf } from '@nse/spec';
import { readCurve, readScores } from './artifacts.js';
import { priced } from './budget.js';
import { finishDeletion } from './deletion.js';
import { dueEvents } from './due.js';
import { completeMeasurement } from './finish.js';
import { isPast } from './past.js';
import { beginRounds, completeRound } from './round.js';
import { completedRounds, type Failure, hasRound, isOver, type SearchState, takesReports } from './state.js';
import type { SearchStore } from './store.js';

/** The facts that move a search on. */
const facts = [
  'latency.table-completed',
  'supernet.trained',
  'fitness.evaluated',
  'latency.measurement-completed',
  'retrain.completed',
] as const;

type Fact = (typeof facts)[number];
type Handled = Fact | 'task.failed' | 'search.resumed';

/** Events are kept for 90 days. What has been over for so long was told, and must not be told anew once they are gone. */
const TOLD_AFTER_MS = 30 * 24 * 60 * 60 * 1_000;

/** What the space-manager does when another service reports. Every reaction bears to be repeated. */
export class Reactions {
  constructor(
    private readonly bus: Bus,
    private readonly store: SearchStore,
    private readonly log: Logger,
  ) {}

  start(): Promise<Consumption> {
    return this.bus.consume({
      durable: 'space-manager',
      types: [...facts, 'task.failed', 'search.resumed'],
      givenUp: 'inherit',
      handler: (event) => this.react(event),
    });
  }

  /**
   * Publishes what the state of every search calls for: a crash may have come between a change and its events. Deletions that
   * were cut short are finished.
   */
  async announceAll(): Promise<void> {
    for (const { id } of await this.store.list()) {
      // Read again: other replicas change and delete searches while this one goes through the list.
      const state = await this.store.find(id);
      if (state?.phase === 'DELETING') await finishDeletion(this.bus, this.store, id);
      else if (state !== undefined && !isToldLongAgo(state, Date.now())) await this.announce(state);
    }
  }

  async announce(state: SearchState): Promise<void> {
    const last = completedRounds(state);
    const record = last > 0 ? await this.store.findRound(state.id, last) : undefined;
    for (const event of dueEvents(state, record)) {
      const outcome = await this.bus.publish(event);
      // Of all who announce it, the one whose word it became counts it.
      if (outcome === 'published' && event.type === 'round.completed') metrics.roundsCompleted.inc();
    }
    await this.takeBackIfDeleted(state);
  }

  /** What was told of a search after another replica had removed its events would stay, and be taken for a later search's. */
  private async takeBackIfDeleted({ id, phase }: SearchState): Promise<void> {
    if (phase === 'DELETING') return;
    const now = await this.store.find(id);
    if (now !== undefined && now.phase !== 'DELETING') return;
    await this.bus.forget(id);
    await this.bus.publish(newEvent('search.deleted', { search: id }, 'space-manager'));
  }

  /**
   * Changes a search as somebody wants it, or its failure does. What its state calls for is told first: another replica may still be
   * about to tell it, and would after what follows from the change.
   */
  async move(
    id: string,
    change: (state: SearchState) => SearchState | undefined | Promise<SearchState | undefined>,
  ): Promise<SearchState> {
    const state = await this.store.change(id, async (before) => {
      const next = await change(before);
      if (next !== undefined) await this.announce(before);
      return next;
    });
    await this.announce(state);
    return state;
  }

  private async react(event: NseEvent<Handled>): Promise<void> {
    const { search } = event.data;
    if ((await this.store.find(search)) === undefined) {
      this.log.warn({ event: event.id }, 'an event of an unknown search was left alone');
      return;
    }
    const state = await this.apply(event);
    await this.announce(state);
  }

  private apply(event: NseEvent<Handled>): Promise<SearchState> {
    switch (event.type) {
      case 'latency.table-completed':
        return this.enterRounds(event.data);
      case 'supernet.trained':
        return this.enterEvaluation(event.data);
      case 'fitness.evaluated':
        return this.endRound(event.data);
      case 'latency.measurement-completed':
        return this.choose(event.data);
      case 'retrain.completed':
        return this.succeed(event.data);
      case 'task.failed':
        return this.fail(event.data);
      case 'search.resumed':
        return this.catchUp(event.data.search);
    }
  }

  /**
   * Takes up every stored fact. One whose handling failed is not delivered again, and one that a killed replica held comes late: a
   * search is not to be resumed at a stage that it has left behind, as nobody would begin the next.
   */
  async catchUp(search: string): Promise<SearchState> {
    for await (const event of this.bus.replay({ search, types: facts, follow: false }))
      await this.apply(event);
    return await this.store.get(search);
  }

  /** A budget that the table cannot price or meet fails the search here, by name, before anything is trained. */
  private enterRounds({ search, table }: EventMap['latency.table-completed']): Promise<SearchState> {
    return this.store.change(search, async (state) => {
      if (!takesReports(state) || state.stage !== 'prepare') return undefined;
      try {
        const { spec, cost } = await priced(this.bus, state.spec, table);
        return beginRounds(state, spec, cost, now());
      } catch (error) {
        if (NseError.mayPass(error)) throw error;
        const { message: reason } = NseError.from(error);
        // Taken up again by whoever resumes it: it is told already.
        if (state.phase === 'FAILED') return undefined;
        const failure: Failure = { stage: 'prepare', round: 0, reason, attempts: 1 };
        return { ...state, phase: 'FAILED', failure, updatedAt: now() };
      }
    });
  }

  private enterEvaluation({ search, round }: EventMap['supernet.trained']): Promise<SearchState> {
    return this.store.change(search, (state) =>
      isCurrent(state, round) && state.stage === 'train'
        ? { ...state, stage: 'evaluate', updatedAt: now() }
        : undefined,
    );
  }

  private async endRound(data: EventMap['fitness.evaluated']): Promise<SearchState> {
    return await this.store.change(data.search, async (state) => {
      if (!isCurrent(state, data.round)) return undefined;
      const cost = await this.costOf(state);
      const outcome = {
        ...data,
        scores: readScores(await this.bus.artifacts.get(data.scores)),
        curve: readCurve(await this.bus.artifacts.get(data.curve)),
        artifacts: { weights: data.weights, scores: data.scores, curve: data.curve },
      };
      const { state: next, record } = completeRound(state, outcome, cost, now());
      // The record first: once the state has moved on, nobody would write it.
      await this.store.addRound(record);
      return next;
    });
  }

  private choose(data: EventMap['latency.measurement-completed']): Promise<SearchState> {
    return this.store.change(data.search, async (state) =>
      takesReports(state) && state.stage === 'measure'
        ? completeMeasurement(state, data, await this.costOf(state), now())
        : undefined,
    );
  }

  private costOf({ spec }: SearchState): Promise<Cost> {
    return costOfSearch(this.bus, spec, macroNetwork(spec.network), poolOf(spec));
  }

  private succeed({ search, chosen, random }: EventMap['retrain.completed']): Promise<SearchState> {
    return this.store.change(search, (state) =>
      takesReports(state) && state.stage === 'retrain'
        ? { ...state, phase: 'SUCCEEDED', retrained: { chosen, random }, failure: null, updatedAt: now() }
        : undefined,
    );
  }

  private fail(data: EventMap['task.failed']): Promise<SearchState> {
    const { search, stage, round, reason, attempts } = data;
    const failure: Failure = { stage, round, reason, attempts };
    return this.move(search, (state) =>
      isOver(state) || isPast(state, data)
        ? undefined
        : { ...state, phase: 'FAILED', failure, updatedAt: now() },
    );
  }
}

const isCurrent = (state: SearchState, round: number) =>
  takesReports(state) && hasRound(state.stage) && state.round === round;

const isToldLongAgo = (state: SearchState, at: number) =>
  isOver(state) && at - Date.parse(state.updatedAt) > TOLD_AFTER_MS;

const now = () => new Date().toISOString();
