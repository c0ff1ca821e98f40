// Prints the completed rounds of a search, those that are over first, then each as it comes; ends with the search.
//
//   npx tsc -p docs/clients && node docs/clients/dist/subscribe.js nats://127.0.0.1:PORT SEARCH [DURABLE]
//
// With DURABLE the server remembers under that name what was read: started again, it goes on behind it.
import { AckPolicy, connect, type Consumer, type NatsConnection } from 'nats';

interface RoundCompleted {
  readonly round: number;
  readonly rounds: number;
  readonly space: { readonly optimized: readonly (readonly number[])[] };
  readonly front: readonly { readonly code: string; readonly cost: number; readonly accuracy: number }[];
  readonly artifacts: Readonly<Record<string, { readonly name: string; readonly bytes: number }>>;
}

const lastWords = ['retrain.completed', 'search.failed', 'search.cancelled', 'search.deleted'];

function show({ round, rounds, space, front, artifacts }: RoundCompleted): void {
  console.log(`round ${round} of ${rounds}`);
  space.optimized.forEach((operations, cell) =>
    console.log(`  cell ${cell}: ${operations.join(' ') || '-'}`),
  );
  for (const { code, cost, accuracy } of front) {
    console.log(`  front: ${code} cost ${cost} accuracy ${accuracy.toFixed(4)}`);
  }
  for (const [what, { name, bytes }] of Object.entries(artifacts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`  ${what}: ${name} ${bytes} bytes`);
  }
}

/** Of the durable name; without one an ordered consumer, which begins at the first stored event. */
async function consumerOf(connection: NatsConnection, subject: string, durable?: string): Promise<Consumer> {
  const stream = connection.jetstream();
  if (durable === undefined) return await stream.consumers.get('NSE', { filterSubjects: subject });
  const manager = await connection.jetstreamManager();
  const settings = { durable_name: durable, filter_subject: subject, ack_policy: AckPolicy.Explicit };
  await manager.consumers.add('NSE', settings);
  return await stream.consumers.get('NSE', durable);
}

async function main(url: string, search: string, durable?: string): Promise<void> {
  const connection = await connect({ servers: url, maxReconnectAttempts: -1 });
  const consumer = await consumerOf(connection, `nse.v1.${search}.>`, durable);
  for await (const message of await consumer.consume()) {
    const kind = message.headers?.get('ce-type').replace(/^nse\.v1\./, '') ?? '';
    if (kind === 'round.completed') show(message.json<RoundCompleted>());
    // After the work: what was not acknowledged comes again.
    message.ack();
    if (!lastWords.includes(kind)) continue;
    console.log(`over: ${kind}`);
    break;
  }
  await connection.drain();
}

const [url = '', search = '', durable] = process.argv.slice(2);
main(url, search, durable).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
