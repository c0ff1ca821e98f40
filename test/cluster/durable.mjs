// A durable consumer of a search's events by the plain NATS client, as a user's own program would have it.
import { readFileSync } from 'node:fs';
import { connect } from 'nats';
import { until } from './kubectl.mjs';
import { ofThisLife } from './outcome.mjs';

/** Begins to read; `stopAt` waits until exactly the events of these ids came, each of them once. */
export async function durable(url, { ca, cert, key }, search) {
  const [pemCa, pemCert, pemKey] = [ca, cert, key].map((file) => readFileSync(file, 'utf8'));
  const connection = await connect({
    servers: url,
    tls: { ca: pemCa, cert: pemCert, key: pemKey },
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
  });
  const name = `reader-${search}`;
  const manager = await connection.jetstreamManager({ timeout: 30_000 });
  await manager.consumers.add('NSE', {
    durable_name: name,
    ack_policy: 'explicit',
    filter_subject: `nse.v1.${search}.>`,
  });
  const consumer = await connection.jetstream({ timeout: 30_000 }).consumers.get('NSE', name);
  const messages = await consumer.consume();
  const acknowledged = new Set();
  const ids = [];
  let twice;
  const reading = (async () => {
    for await (const message of messages) {
      if (acknowledged.has(message.seq)) twice = `message ${message.seq} after it was acknowledged`;
      // Delivered anew where the server was away before it heard of the first: not an event that is there twice.
      const known = message.redelivered && ids.some(({ seq }) => seq === message.seq);
      if (!known) ids.push({ seq: message.seq, id: message.headers?.get('ce-id') });
      if (await message.ackAck().catch(() => false)) acknowledged.add(message.seq);
    }
  })();
  const stopAt = async (wanted) => {
    await until('the durable consumer has all events', 60, () =>
      ids.length >= wanted.length ? true : undefined,
    );
    await messages.close();
    await reading;
    await manager.consumers.delete('NSE', name);
    await connection.close();
    const got = ids.map(({ id }) => id).filter(ofThisLife);
    if (twice !== undefined) throw new Error(`the durable consumer got ${twice}`);
    if (got.join() !== wanted.join()) throw new Error(`a durable consumer got ${got}, not ${wanted}`);
  };
  return { stopAt };
}
