import { NseError } from '@nse/space';
import { logger, type Logger } from '@nse/telemetry';
import { type Artifacts, openArtifacts } from './artifacts.js';
import { closeConnection, type NatsTls, openConnection, watchConnection } from './connection.js';
import { type ConsumeOptions, consumeEvents, type Consumption } from './consume.js';
import { ensureEventStream, forgetEvents } from './event-stream.js';
import type { EventType, NseEvent } from './events.js';
import { meterStreams } from './meter.js';
import { answerFor, isAnswered } from './presence.js';
import { type ProgressFilter, type ProgressMessage, receiveProgress, sendProgress } from './progress.js';
import { publishOnce } from './publish.js';
import { replayEvents, type ReplayOptions } from './replay.js';
import type { Session } from './session.js';
import { openStates, type States } from './states.js';
import { openWorkQueue, type WorkQueue } from './work-queue.js';

export interface BusOptions {
  /** `nats://host:port`, or several with commas. */
  readonly url: string;
  /** Who connects: the name of the service or worker. It is the source of `task.failed`. */
  readonly name: string;
  readonly tls?: NatsTls;
  readonly log?: Logger;
  /** How long a call waits for a server that is away before it fails with UNAVAILABLE, in ms; 60,000 unless given. */
  readonly patienceMs?: number;
  /** Copies that the server keeps of each stream and bucket; 1 unless given. */
  readonly replicas?: number;
  /** For one that only reads: the event stream has to be there, and its settings stay as they are. */
  readonly readOnly?: boolean;
}

/** All that services say to each other and keep. Every call outlasts a restart of the server. */
export interface Bus {
  /** Appends the event once: 'already' where one with its id is there. */
  publish(event: NseEvent): Promise<'published' | 'already'>;
  consume<T extends EventType>(options: ConsumeOptions<T>): Promise<Consumption>;
  replay<T extends EventType>(options?: ReplayOptions<T>): AsyncGenerator<NseEvent<T>, void>;
  /** Removes every event of the search from the stream, for good. */
  forget(search: string): Promise<void>;
  progress(message: ProgressMessage): void;
  onProgress(filter: ProgressFilter): AsyncGenerator<ProgressMessage, void>;
  /** Opens a key-value bucket; `decode` checks the values that are read, such as a schema's `parse`. */
  states<T>(bucket: string, decode: (value: unknown) => T): Promise<States<T>>;
  readonly artifacts: Artifacts;
  /** The chunks of one task, shared by its workers. */
  workQueue<C, R>(task: string): Promise<WorkQueue<C, R>>;
  /** Answers for the name until the result is called: a sign of life for other processes, and no lock. */
  answerFor(name: string): Promise<() => void>;
  /** Whether a process answers for the name now; one that hangs for 3 s does not. */
  isAnswered(name: string): Promise<boolean>;
  /** Whether the server answers now. */
  connected(): boolean;
  /** Stops all consumers, sends what is buffered and closes the connection. */
  close(): Promise<void>;
}

/**
 * The options of a process that is told by its environment where NATS is: NSE_NATS_URL, and for TLS the PEM files
 * NSE_NATS_CA, NSE_NATS_CERT and NSE_NATS_KEY; NSE_NATS_REPLICAS copies. Raises FAILED_PRECONDITION without a URL.
 */
export function busOptionsFromEnvironment(name: string, env: NodeJS.ProcessEnv = process.env): BusOptions {
  const url = env['NSE_NATS_URL'];
  if (url === undefined || url === '') {
    throw new NseError('FAILED_PRECONDITION', 'NSE_NATS_URL is not set: where is NATS?');
  }
  const files = { ca: env['NSE_NATS_CA'], cert: env['NSE_NATS_CERT'], key: env['NSE_NATS_KEY'] };
  const given = Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
  const replicas = Number(env['NSE_NATS_REPLICAS'] ?? 1);
  return { url, name, replicas, ...(Object.keys(given).length === 0 ? {} : { tls: given }) };
}

/** Connects to NATS and, unless `readOnly`, makes sure that the event stream is there. Raises UNAVAILABLE where no server answers in time. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const patienceMs = options.patienceMs ?? 60_000;
  const nc = await openConnection(options.url, options.name, options.tls, patienceMs);
  const js = nc.jetstream({ timeout: 3_000 });
  const log = options.log ?? logger(options.name);
  const session: Session = {
    name: options.name,
    nc,
    connection: watchConnection(nc, log),
    js,
    jsm: await js.jetstreamManager(false),
    log,
    patienceMs,
    replicas: options.replicas ?? 1,
  };
  if (options.readOnly !== true) await ensureEventStream(session);
  return new NatsBus(session);
}

class NatsBus implements Bus {
  readonly artifacts: Artifacts;
  private readonly consumptions: Consumption[] = [];
  private readonly forgetStreams: () => void;

  constructor(private readonly session: Session) {
    this.artifacts = openArtifacts(session);
    this.forgetStreams = meterStreams(session);
  }

  publish(event: NseEvent): Promise<'published' | 'already'> {
    return publishOnce(this.session, event);
  }

  async consume<T extends EventType>(options: ConsumeOptions<T>): Promise<Consumption> {
    const consumption = await consumeEvents(this.session, options);
    this.consumptions.push(consumption);
    return consumption;
  }

  replay<T extends EventType>(options: ReplayOptions<T> = {}): AsyncGenerator<NseEvent<T>, void> {
    return replayEvents(this.session, options);
  }

  forget(search: string): Promise<void> {
    return forgetEvents(this.session, search);
  }

  progress(message: ProgressMessage): void {
    sendProgress(this.session, message);
  }

  onProgress(filter: ProgressFilter): AsyncGenerator<ProgressMessage, void> {
    return receiveProgress(this.session, filter);
  }

  states<T>(bucket: string, decode: (value: unknown) => T): Promise<States<T>> {
    return openStates(this.session, bucket, decode);
  }

  workQueue<C, R>(task: string): Promise<WorkQueue<C, R>> {
    return openWorkQueue(this.session, task);
  }

  answerFor(name: string): Promise<() => void> {
    return answerFor(this.session, name);
  }

  isAnswered(name: string): Promise<boolean> {
    return isAnswered(this.session, name);
  }

  connected(): boolean {
    return this.session.connection.connected();
  }

  async close(): Promise<void> {
    this.forgetStreams();
    await Promise.all(this.consumptions.map((consumption) => consumption.stop()));
    await closeConnection(this.session.nc, this.session.connection.connected());
  }
}
