import { NseError } from '@nse/space';
import { failpoint, metrics } from '@nse/telemetry';
import { type KV, type KvEntry, StorageType } from 'nats';
import { decodeJson, encodeJson } from './json.js';
import { apiErrorCode, apiErrors, patiently, type Session } from './session.js';

export interface StateEntry<T> {
  readonly key: string;
  readonly value: T;
  /** Names this version of the entry; `update` takes it. */
  readonly revision: number;
}

export type StateChange<T> =
  ({ readonly kind: 'set' } & StateEntry<T>) | { readonly kind: 'gone'; readonly key: string };

/**
 * A key-value bucket of JSON values that change only by compare-and-set. Keys are made of letters, digits, `-`, `_` and
 * `/`, with `.` between parts; filters may use `*` for a part and `>` for the rest.
 */
export interface States<T> {
  get(key: string): Promise<StateEntry<T> | undefined>;
  /** The new entry's revision. Raises ALREADY_EXISTS where the key has a value. */
  create(key: string, value: T): Promise<number>;
  /** The new revision. Raises ABORTED where the entry's revision is no longer `revision`. */
  update(key: string, value: T, revision: number): Promise<number>;
  /** Also where there is no such entry. Raises ABORTED where a revision is given and the entry's is another by now. */
  delete(key: string, revision?: number): Promise<void>;
  /** Removes all entries that fit at once, without the mark that `delete` leaves; watchers are not told. */
  purge(filter: string): Promise<void>;
  keys(filter?: string): Promise<string[]>;
  /** The entries as they are, then every change, until the signal aborts. */
  watch(filter: string, signal: AbortSignal): AsyncGenerator<StateChange<T>, void>;
}

/** Opens the bucket, creating it where there is none. `decode` checks what is read and raises on what is not a T. */
export async function openStates<T>(
  session: Session,
  bucket: string,
  decode: (value: unknown) => T,
): Promise<States<T>> {
  const options = {
    storage: StorageType.File,
    history: 1,
    replicas: session.replicas,
    maxValueSize: 4 * 1024 ** 2,
    max_bytes: 512 * 1024 ** 2,
    // Of several copies one that lags behind may answer a direct read: a search that was just made would not be there, and its
    // event be left alone for good.
    allow_direct: session.replicas === 1,
  };
  const kv = await patiently(`open bucket ${bucket}`, session.patienceMs, () =>
    session.js.views.kv(bucket, options),
  );
  return new JetStreamStates(session, bucket, kv, decode);
}

class JetStreamStates<T> implements States<T> {
  constructor(
    private readonly session: Session,
    private readonly bucket: string,
    private readonly kv: KV,
    private readonly decode: (value: unknown) => T,
  ) {}

  async get(key: string): Promise<StateEntry<T> | undefined> {
    const entry = await this.patiently('read', key, () => this.kv.get(key));
    return entry?.operation === 'PUT' ? this.entry(entry) : undefined;
  }

  async create(key: string, value: T): Promise<number> {
    return await this.write('create', key, value, 'ALREADY_EXISTS', (bytes) => this.kv.create(key, bytes));
  }

  async update(key: string, value: T, revision: number): Promise<number> {
    return await this.write('update', key, value, 'ABORTED', (bytes) => this.kv.update(key, bytes, revision));
  }

  async delete(key: string, revision?: number): Promise<void> {
    const expected = revision === undefined ? {} : { previousSeq: revision };
    await this.patiently('delete', key, async (unsure) => {
      try {
        await this.kv.delete(key, expected);
      } catch (error) {
        if (apiErrorCode(error) !== apiErrors.wrongLastSequence) throw error;
        // An earlier try whose answer got lost may be what we collide with.
        if (unsure && (await this.kv.get(key))?.operation !== 'PUT') return;
        const message = `entry ${this.bucket}/${key} was changed by someone else`;
        throw new NseError('ABORTED', message, { cause: error });
      }
    });
  }

  async purge(filter: string): Promise<void> {
    await this.patiently('purge', filter, () =>
      this.session.jsm.streams.purge(`KV_${this.bucket}`, { filter: `$KV.${this.bucket}.${filter}` }),
    );
  }

  async keys(filter = '>'): Promise<string[]> {
    return await this.patiently('list', filter, async () => {
      const found: string[] = [];
      for await (const key of await this.kv.keys(filter)) found.push(key);
      return found;
    });
  }

  async *watch(filter: string, signal: AbortSignal): AsyncGenerator<StateChange<T>, void> {
    let revision = 0;
    while (!signal.aborted) {
      for await (const entry of this.watchUntilReturn(filter, revision + 1, signal)) {
        revision = entry.revision;
        yield entry.operation === 'PUT'
          ? { kind: 'set', ...this.entry(entry) }
          : { kind: 'gone', key: entry.key };
      }
    }
  }

  /**
   * The entries from a revision on. Ends when the server came back after it was away: the client would notice only by
   * missing heartbeats, a quarter of a minute later, that its subscription is gone.
   */
  private async *watchUntilReturn(
    filter: string,
    resumeFromRevision: number,
    signal: AbortSignal,
  ): AsyncGenerator<KvEntry, void> {
    // Left out at first: asking for the first revision would mean the whole history.
    const from = resumeFromRevision > 1 ? { resumeFromRevision } : {};
    const changes = await this.patiently('watch', filter, () => this.kv.watch({ key: filter, ...from }));
    const stop = () => changes.stop();
    const forget = this.session.connection.onReturn(stop);
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (!signal.aborted) yield* changes;
    } finally {
      forget();
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  private entry(entry: KvEntry): StateEntry<T> {
    const value = this.decode(decodeJson(entry.value, `entry ${this.bucket}/${entry.key}`));
    return { key: entry.key, value, revision: entry.revision };
  }

  private async write(
    verb: string,
    key: string,
    value: T,
    conflict: 'ALREADY_EXISTS' | 'ABORTED',
    attempt: (bytes: Uint8Array) => Promise<number>,
  ): Promise<number> {
    const bytes = encodeJson(value);
    failpoint('state-write.before');
    const revision = await this.patiently(verb, key, async (unsure) => {
      try {
        return await attempt(bytes);
      } catch (error) {
        if (apiErrorCode(error) !== apiErrors.wrongLastSequence) throw error;
        // An earlier try whose answer got lost may be what we collide with.
        const now = unsure ? await this.kv.get(key) : null;
        if (now?.operation === 'PUT' && Buffer.compare(now.value, bytes) === 0) return now.revision;
        metrics.stateConflicts.inc({ bucket: this.bucket, operation: verb });
        const what = conflict === 'ABORTED' ? 'was changed by someone else' : 'exists already';
        throw new NseError(conflict, `entry ${this.bucket}/${key} ${what}`, { cause: error });
      }
    });
    failpoint('state-write.after');
    return revision;
  }

  private patiently<R>(verb: string, key: string, attempt: (unsure: boolean) => Promise<R>): Promise<R> {
    return patiently(`${verb} ${this.bucket}/${key}`, this.session.patienceMs, attempt);
  }
}
