import type { Subscription } from 'nats';
import type { Stage } from './event-data.js';
import { decodeJson, encodeJson } from './json.js';
import type { Session } from './session.js';
import { progressSubject } from './subject.js';

/** How far a stage is. Lossy: it is shown to people and decides nothing. */
export interface ProgressMessage {
  readonly search: string;
  readonly stage: Stage;
  /** 0 where the stage belongs to no round. */
  readonly round: number;
  /** Which of several tasks of the stage, where there are several. */
  readonly task?: string;
  readonly step: number;
  readonly steps: number;
  readonly loss?: number;
  readonly accuracy?: number;
}

export interface ProgressFilter {
  /** All searches unless given. */
  readonly search?: string;
  readonly stage?: Stage;
  readonly signal: AbortSignal;
}

/** Sends without waiting; dropped where nobody listens or the server is away. */
export function sendProgress(session: Session, message: ProgressMessage): void {
  if (session.nc.isClosed()) return;
  session.nc.publish(progressSubject(message.search, message.stage), encodeJson(message));
}

/** Progress from now on, until the signal aborts. */
export async function* receiveProgress(
  session: Session,
  filter: ProgressFilter,
): AsyncGenerator<ProgressMessage, void> {
  if (filter.signal.aborted) return;
  const subscription = session.nc.subscribe(progressSubject(filter.search ?? '*', filter.stage ?? '*'));
  const stop = () => subscription.unsubscribe();
  filter.signal.addEventListener('abort', stop, { once: true });
  try {
    yield* read(subscription);
  } finally {
    filter.signal.removeEventListener('abort', stop);
    stop();
  }
}

/** A reader that is this many messages behind is shown the newer ones. */
const maxBehind = 1_000;

async function* read(subscription: Subscription): AsyncGenerator<ProgressMessage, void> {
  for await (const message of subscription) {
    if (subscription.getPending() > maxBehind) continue;
    const value = progressIn(message.data);
    if (value !== undefined) yield value;
  }
}

/** Anyone may write to the subject: what is no progress is left alone, and ends nobody's watch. */
function progressIn(data: Uint8Array): ProgressMessage | undefined {
  try {
    const value = decodeJson(data, 'progress');
    return isProgress(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProgress(value: unknown): value is ProgressMessage {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Partial<Record<keyof ProgressMessage, unknown>>;
  return (
    typeof fields.search === 'string' &&
    typeof fields.stage === 'string' &&
    typeof fields.round === 'number' &&
    typeof fields.step === 'number' &&
    typeof fields.steps === 'number'
  );
}
