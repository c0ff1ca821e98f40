import { NseError } from '@nse/space';
import { move } from 'piscina';
import sharp from 'sharp';
import { type DecodeReply, decodeImage, type ImageTask } from './decode-image.js';

// The pool has a thread a core already.
sharp.concurrency(1);
sharp.cache(false);

/** Entry of a worker thread: decodes its images into one array and hands that over without a copy. */
export default async function decode(tasks: readonly ImageTask[]): Promise<DecodeReply> {
  const size = tasks[0]?.size ?? 0;
  const imageLength = size * size * 3;
  const images = new Float32Array(tasks.length * imageLength);
  try {
    for (const [place, task] of tasks.entries()) {
      const target = images.subarray(place * imageLength, (place + 1) * imageLength);
      await decodeImage(task, target);
    }
    move(images);
    return { kind: 'decoded', images };
  } catch (error) {
    return { kind: 'failed', error: NseError.from(error).toJSON() };
  }
}
