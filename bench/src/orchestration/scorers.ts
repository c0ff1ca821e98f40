import { connectBus } from '@nse/messaging';
import { tell } from './messages.js';
import { tinyScore } from './tiny-work.js';

/** A process with several scoring workers that take one architecture at a time from the queue of a task. */
async function main([url = '', task = '', workers = '1']: readonly string[]): Promise<void> {
  const stop = new AbortController();
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => stop.abort());
  tell({ kind: 'ready' });
  const work = Array.from({ length: Number(workers) }, async (_, index) => {
    const bus = await connectBus({ url, name: `scorer-${index}` });
    const queue = await bus.workQueue<string, unknown>(task);
    await queue.work((code) => Promise.resolve(tinyScore(code)), stop.signal);
    await bus.close();
  });
  await Promise.all(work);
  process.exit(0);
}

void main(process.argv.slice(2));
