import type { Bus, StateEntry, States } from '@nse/messaging';
import { searchesBucket } from '@nse/service';
import { NseError } from '@nse/space';
import { parseSpec } from '@nse/spec';
import type { RoundRecord, SearchState } from './state.js';

const MAX_RACES = 20;

/** All searches and the records of their rounds, in two key-value buckets. */
export class SearchStore {
  private constructor(
    private readonly searches: States<SearchState>,
    private readonly rounds: States<RoundRecord>,
  ) {}

  static async open(bus: Bus): Promise<SearchStore> {
    return new SearchStore(
      await bus.states(searchesBucket, decodeSearch),
      await bus.states('NSE_ROUNDS', decodeRound),
    );
  }

  /** Raises NOT_FOUND. */
  async get(id: string): Promise<SearchState> {
    return (await this.entry(id)).value;
  }

  async find(id: string): Promise<SearchState | undefined> {
    return (await this.searches.get(id))?.value;
  }

  /** Raises ALREADY_EXISTS. */
  async create(state: SearchState): Promise<void> {
    await this.searches.create(state.id, state);
  }

  /** Oldest first. */
  async list(): Promise<SearchState[]> {
    const keys = await this.searches.keys();
    const found = await Promise.all(keys.map((key) => this.find(key)));
    return found
      .flatMap((state) => state ?? [])
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
  }

  /**
   * Changes a search by compare-and-set: `change` gives the new state, or nothing where there is nothing to change; it is
   * called again when somebody else was faster. Returns the state as it then is.
   */
  async change(
    id: string,
    change: (state: SearchState) => SearchState | undefined | Promise<SearchState | undefined>,
  ): Promise<SearchState> {
    for (let race = 0; race < MAX_RACES; race++) {
      const { value, revision } = await this.entry(id);
      const next = await change(value);
      if (next === undefined) return value;
      try {
        await this.searches.update(id, next, revision);
        return next;
      } catch (error) {
        if (!(error instanceof NseError && error.code === 'ABORTED')) throw error;
      }
    }
    throw new NseError('ABORTED', `search "${id}" is changing too fast`);
  }

  /** The search as it is and after every change, until it is removed or the signal aborts. */
  async *watch(id: string, signal: AbortSignal): AsyncGenerator<SearchState, void> {
    for await (const change of this.searches.watch(id, signal)) {
      if (change.kind === 'gone') return;
      yield change.value;
    }
  }

  /**
   * Removes the search and the records of its rounds, the search last. Nothing to do where there is no such search. Raises ABORTED
   * where another deletion than the state's has taken it over.
   */
  async remove({ id, spec, deletion }: Pick<SearchState, 'id' | 'spec' | 'deletion'>): Promise<void> {
    const entry = await this.searches.get(id);
    if (entry === undefined) return;
    if (entry.value.deletion !== deletion)
      throw new NseError('ABORTED', `search "${id}" is deleted by another process`);
    for (let round = 1; round <= spec.rounds; round++) await this.rounds.delete(roundKey(id, round));
    await this.searches.delete(id, entry.revision);
  }

  /** Keeps the record; the same round again changes nothing. */
  async addRound(record: RoundRecord): Promise<void> {
    try {
      await this.rounds.create(roundKey(record.search, record.round), record);
    } catch (error) {
      // The first record of a round counts, as its scores do.
      if (!(error instanceof NseError && error.code === 'ALREADY_EXISTS')) throw error;
    }
  }

  async findRound(id: string, round: number): Promise<RoundRecord | undefined> {
    return (await this.rounds.get(roundKey(id, round)))?.value;
  }

  private async entry(id: string): Promise<StateEntry<SearchState>> {
    const entry = await this.searches.get(id);
    if (entry === undefined)
      throw new NseError('NOT_FOUND', `there is no search "${id}"`, { field: 'search' });
    return entry;
  }
}

const roundKey = (id: string, round: number) => `${id}.${round}`;

function decodeSearch(value: unknown): SearchState {
  const state = record(value, 'search') as unknown as SearchState;
  // Searches that were stored before they could be resumed, have an owner, or be measured.
  const { resumed = null, owner = '', measured = null } = state as Partial<SearchState>;
  return { ...state, resumed, owner, measured, spec: parseSpec(state.spec) };
}

function decodeRound(value: unknown): RoundRecord {
  return record(value, 'search') as unknown as RoundRecord;
}

/** Only this service writes the buckets: a value without its key field is a corrupt one. */
function record(value: unknown, field: string): Record<string, unknown> {
  const known = typeof value === 'object' && value !== null && ('id' in value || field in value);
  if (!known) throw new NseError('INTERNAL', `a stored value is no record of a search`);
  return value as Record<string, unknown>;
}
