import { createHash } from 'node:crypto';
import { NseError } from '@nse/space';
import { failpoint, metrics } from '@nse/telemetry';
import { DiscardPolicy, type ObjectStore } from 'nats';
import { ensureStream } from './stream.js';
import { patiently, type Session } from './session.js';

/** Names a stored object and pins its content. */
export interface ArtifactRef {
  readonly name: string;
  readonly bytes: number;
  /** Of the content, in lower-case hexadecimal. */
  readonly sha256: string;
}

/** Big things: weights, checkpoints, tables, curves. An object is replaced as a whole or not at all. */
export interface Artifacts {
  /** Stores the bytes under the name, unless they are there already. */
  put(name: string, content: Uint8Array): Promise<ArtifactRef>;
  /** Raises NOT_FOUND, or FAILED_PRECONDITION where it is damaged, or a ref is given and the content is another by now. */
  get(what: string | ArtifactRef): Promise<Uint8Array>;
  has(name: string): Promise<boolean>;
  /** Also where there is no such object. */
  delete(name: string): Promise<void>;
  /** The names that begin so. */
  names(prefix: string): Promise<string[]>;
}

const bucket = 'NSE_ARTIFACTS';
// Few enough chunks, as each is synced to disk, and below a NATS server's default limit of 1 MiB a message.
const chunkBytes = 512 * 1024;

/** The stream of a NATS object store. The client's own way of creating one cannot ask for several replicas. */
const storeStream = {
  name: `OBJ_${bucket}`,
  description: 'Weights, checkpoints, tables, curves',
  subjects: [`$O.${bucket}.C.>`, `$O.${bucket}.M.>`],
  max_bytes: 8 * 1024 ** 3,
  discard: DiscardPolicy.New,
  allow_rollup_hdrs: true,
  allow_direct: true,
};

export function openArtifacts(session: Session): Artifacts {
  return new JetStreamArtifacts(session);
}

class JetStreamArtifacts implements Artifacts {
  private store: Promise<ObjectStore> | undefined;

  constructor(private readonly session: Session) {}

  async put(name: string, content: Uint8Array): Promise<ArtifactRef> {
    const ref = {
      name,
      bytes: content.byteLength,
      sha256: createHash('sha256').update(content).digest('hex'),
    };
    failpoint('artifact-write.before');
    await this.patiently('store', name, async (store) => {
      const stored = await store.info(name);
      if (stored?.deleted === false && stored.digest === natsDigest(ref.sha256)) return;
      await store.putBlob({ name, options: { max_chunk_size: chunkBytes } }, content);
      metrics.artifactBytes.inc(ref.bytes);
    });
    failpoint('artifact-write.after');
    return ref;
  }

  async get(what: string | ArtifactRef): Promise<Uint8Array> {
    const name = typeof what === 'string' ? what : what.name;
    // NATS checks the digest that it stored; a ref also pins which content is meant.
    const content = await this.patiently('read', name, async (store) => {
      await this.requireChunks(store, name);
      return await store.getBlob(name).catch((error: unknown) => raiseDamaged(name, error));
    });
    if (content === null) throw new NseError('NOT_FOUND', `there is no artifact ${name}`);
    if (typeof what !== 'string' && createHash('sha256').update(content).digest('hex') !== what.sha256) {
      throw new NseError(
        'FAILED_PRECONDITION',
        `artifact ${name} holds other content than its reference says`,
      );
    }
    return content;
  }

  async has(name: string): Promise<boolean> {
    const info = await this.patiently('look up', name, (store) => store.info(name));
    return info?.deleted === false;
  }

  async delete(name: string): Promise<void> {
    await this.patiently('delete', name, async (store) => {
      const info = await store.info(name);
      if (info?.deleted === false) await store.delete(name);
    });
  }

  async names(prefix: string): Promise<string[]> {
    const all = await this.patiently('list', prefix, (store) => store.list());
    return all.filter(({ name, deleted }) => !deleted && name.startsWith(prefix)).map(({ name }) => name);
  }

  /** The client would wait for ever for the chunks of an object that has lost them all, such as to a damaged disk. */
  private async requireChunks(store: ObjectStore, name: string): Promise<void> {
    const info = await store.info(name);
    if (info === null || info.deleted) return;
    const subject = `$O.${bucket}.C.${info.nuid}`;
    const { state } = await this.session.jsm.streams.info(storeStream.name, { subjects_filter: subject });
    const found = state.subjects?.[subject] ?? 0;
    if (found === info.chunks) return;
    const message = `artifact ${name} is damaged: ${found} of its ${info.chunks} chunks are left`;
    throw new NseError('FAILED_PRECONDITION', message);
  }

  private async patiently<T>(
    verb: string,
    name: string,
    attempt: (store: ObjectStore) => Promise<T>,
  ): Promise<T> {
    return await patiently(`${verb} artifact ${name}`, this.session.patienceMs, async () => {
      this.store ??= this.open();
      return await attempt(await this.store);
    });
  }

  private async open(): Promise<ObjectStore> {
    try {
      await ensureStream(this.session, storeStream);
      return await this.session.js.views.os(bucket);
    } catch (error) {
      this.store = undefined;
      throw error;
    }
  }
}

/** The client has no code of its own for content that is not what its digest says. */
function raiseDamaged(name: string, error: unknown): never {
  if (!(error instanceof Error) || !error.message.includes('digests do not match')) throw error;
  throw new NseError('FAILED_PRECONDITION', `artifact ${name} is damaged: ${error.message}`, {
    cause: error,
  });
}

function natsDigest(sha256: string): string {
  const padded = Buffer.from(sha256, 'hex').toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  return `SHA-256=${padded}`;
}
