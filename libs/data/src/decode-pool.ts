import { availableParallelism } from 'node:os';
import path from 'node:path';
import { NseError } from '@nse/space';
import { Piscina } from 'piscina';
import { type DecodeReply, type ImageTask } from './decode-image.js';

// Threads run built code only, also when this module runs from its source.
const threadFile = path.join(__dirname, '..', 'dist', 'decode-thread.js');

let pool: Piscina | undefined;

/**
 * Decodes images in worker threads, so that it goes on while a training step holds the main thread.
 * Gives (tasks, size, size, 3), normalised. Raises INVALID_ARGUMENT that names a file that is no image.
 */
export async function decodeAhead(tasks: readonly ImageTask[]): Promise<Float32Array> {
  pool ??= new Piscina({
    filename: threadFile,
    minThreads: 0,
    maxThreads: availableParallelism(),
    idleTimeout: 1000,
  });
  const reply = (await pool.run(tasks)) as DecodeReply;
  if (reply.kind === 'failed') throw NseError.from(reply.error);
  return reply.images;
}
