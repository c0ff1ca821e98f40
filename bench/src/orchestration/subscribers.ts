import { connect, type NatsConnection } from 'nats';
import { subjectOf } from '@nse/messaging';
import { type Expected, type ReceivedCounts, tell } from './messages.js';

/** How often each event came to one subscriber, by id. */
type Received = Map<string, number>;

const subject = subjectOf('round.completed', '*');
/** Connections made at once. */
const AT_ONCE = 50;

/** A process with many subscribers, each on a connection of its own: core ones, and some that read the stream. */
async function main([url = '', plain = '0', stored = '0']: readonly string[]): Promise<void> {
  const received: Received[] = [];
  const start = (count: number, follow: (nc: NatsConnection, into: Received) => Promise<void>) =>
    inGroups(count, async () => {
      const into: Received = new Map();
      received.push(into);
      await follow(await connect({ servers: url, maxReconnectAttempts: -1 }), into);
    });
  await start(Number(plain), followCore);
  await start(Number(stored), followStream);
  process.on('message', ({ ids }: Expected) => tell({ kind: 'received', ...count(received, ids) }));
  process.on('disconnect', () => process.exit(0));
  tell({ kind: 'ready' });
}

/** Sees what is published from now on. */
async function followCore(nc: NatsConnection, into: Received): Promise<void> {
  const callback: Parameters<NatsConnection['subscribe']>[1] = {
    callback: (_, message) => note(into, message.headers?.get('ce-id')),
  };
  nc.subscribe(subject, callback);
  await nc.flush();
}

/** Reads what is stored, from its beginning, by an ordered consumer. */
async function followStream(nc: NatsConnection, into: Received): Promise<void> {
  const consumer = await nc.jetstream().consumers.get('NSE', { filterSubjects: subject });
  await consumer.consume({ callback: (message) => note(into, message.headers?.get('ce-id')) });
}

function note(into: Received, id = ''): void {
  into.set(id, (into.get(id) ?? 0) + 1);
}

async function inGroups(count: number, start: () => Promise<void>): Promise<void> {
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - done) }, start));
  }
}

/** What the subscribers got, against what each must have got once. */
function count(all: readonly Received[], ids: readonly string[]): ReceivedCounts {
  let [exact, missing, surplus] = [0, 0, 0];
  for (const received of all) {
    const absent = ids.filter((id) => !received.has(id)).length;
    const deliveries = [...received.values()].reduce((sum, times) => sum + times, 0);
    const extra = deliveries - (ids.length - absent);
    if (absent === 0 && extra === 0) exact += 1;
    missing += absent;
    surplus += extra;
  }
  return { subscribers: all.length, exact, missing, surplus };
}

void main(process.argv.slice(2));
