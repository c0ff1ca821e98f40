import type { Bus, Consumption, EventMap, NseEvent } from '@nse/messaging';
import { macroNetwork, poolNamed } from '@nse/space';
import { costOfSearch } from '@nse/service';
import type { Logger } from '@nse/telemetry';
import { readCurve, readScores } from './artifacts.js';
import { dueEvents } from './due.js';
import { completeRound } from './round.js';
import { completedRounds, type Failure, type SearchState } from './state.js';
import type { SearchStore } from './store.js';

type Handled = 'supernet.trained' | 'fitness.evaluated' | 'retrain.completed' | 'task.failed';

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
      types: ['supernet.trained', 'fitness.evaluated', 'retrain.completed', 'task.failed'],
      givenUp: 'inherit',
      handler: (event) => this.react(event),
    });
  }

  /** Publishes what the state of every search calls for: a crash may have come between a change and its events. */
  async announceAll(): Promise<void> {
    for (const state of await this.store.list()) await this.announce(state);
  }

  async announce(state: SearchState): Promise<void> {
    const last = completedRounds(state);
    const record = last > 0 ? await this.store.findRound(state.id, last) : undefined;
    for (const event of dueEvents(state, record)) await this.bus.publish(event);
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
      case 'supernet.trained':
        return this.enterEvaluation(event.data);
      case 'fitness.evaluated':
        return this.endRound(event.data);
      case 'retrain.completed':
        return this.succeed(event.data);
      case 'task.failed':
        return this.fail(event.data);
    }
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
      const { spec } = state;
      const cost = await costOfSearch(this.bus, spec, macroNetwork(spec.network), poolNamed(spec.pool));
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

  private succeed({ search, chosen, random }: EventMap['retrain.completed']): Promise<SearchState> {
    return this.store.change(search, (state) =>
      state.phase === 'RETRAINING'
        ? { ...state, phase: 'SUCCEEDED', retrained: { chosen, random }, updatedAt: now() }
        : undefined,
    );
  }

  private fail({ search, stage, round, reason, attempts }: EventMap['task.failed']): Promise<SearchState> {
    const failure: Failure = { stage, round, reason, attempts };
    return this.store.change(search, (state) =>
      isOver(state) ? undefined : { ...state, phase: 'FAILED', failure, updatedAt: now() },
    );
  }
}

const isCurrent = (state: SearchState, round: number) => state.phase === 'RUNNING' && state.round === round;

const isOver = (state: SearchState) => state.phase === 'SUCCEEDED' || state.phase === 'FAILED';

const now = () => new Date().toISOString();
