import { NseError } from '@nse/space';
import { type Augment, type Batch, type Split } from './dataset.js';
import { decodeAhead } from './decode-pool.js';
import { type ImageTask } from './decode-image.js';
import { memberAt } from './memory-split.js';

export interface ImageFile {
  readonly file: string;
  readonly label: number;
}

/** Files decoded by one thread in one go. */
const chunkSize = 16;

/** A split whose images are files, decoded and varied in worker threads when a batch is read. */
export class FileSplit implements Split {
  readonly count: number;

  /** `members` are the places in `files` of the split's images, in the split's order; `imageSize` is in pixels. */
  constructor(
    private readonly files: readonly ImageFile[],
    private readonly members: Int32Array,
    private readonly imageSize: number,
  ) {
    this.count = members.length;
  }

  async read(indices: Int32Array, augment?: Augment): Promise<Batch> {
    const chosen = Array.from(indices, (index) => this.fileAt(index));
    const tasks = chosen.map(({ file }) => this.task(file, augment));
    const imageLength = this.imageSize * this.imageSize * 3;
    const images = new Float32Array(chosen.length * imageLength);
    const chunks = Array.from({ length: Math.ceil(tasks.length / chunkSize) }, async (_, chunk) => {
      const start = chunk * chunkSize;
      const decoded = await decodeAhead(tasks.slice(start, start + chunkSize));
      images.set(decoded, start * imageLength);
    });
    await Promise.all(chunks);
    return { images, labels: Int32Array.from(chosen, ({ label }) => label), count: chosen.length };
  }

  // The draw happens here, in the order of the batch, so that the threads' timing changes nothing.
  private task(file: string, augment: Augment | undefined): ImageTask {
    const kind = augment?.kind ?? 'none';
    return { file, size: this.imageSize, kind, seed: augment?.random.below(2 ** 31) ?? 0 };
  }

  private fileAt(index: number): ImageFile {
    const file = this.files[memberAt(this.members, index)];
    if (file !== undefined) return file;
    throw new NseError('INTERNAL', `the split has no file at ${index}`);
  }
}
