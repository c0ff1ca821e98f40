import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawCase } from './case.js';
import { writeCase } from './case-file.js';
import { Contestant, type Entry } from './contestant.js';
import { interleave, type Plan } from './interleave.js';
import { type Measure, MEASURES } from './measure.js';
import { type Options } from './options.js';
import { PEER_FOLDER } from './peer.js';
import { OURS, type Result, resultOf, STOCK, TORCH, TORCH_CHANNELS_LAST } from './results.js';
import { type Shape } from './shapes.js';
import { drawTensors } from './tensors.js';

/** What one shape's run found. */
export interface ShapeResults {
  readonly shape: string;
  readonly about: string;
  readonly batchSize: number;
  /** What each contestant runs on, by contestant. */
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly Result[];
}

/** Scoring first and weight steps last: each measure then begins with weights that are still the same for all. */
const ORDER: readonly Measure[] = ['score', 'fitness', 'weights'];

/** Times one shape: all contestants at once in memory, one at a time at work. `python` runs the PyTorch peer. */
export async function runShape(shape: Shape, options: Options, python: string): Promise<ShapeResults> {
  const folder = await mkdtemp(join(tmpdir(), 'nse-bench-'));
  const started: Contestant[] = [];
  const versions: Record<string, string> = {};
  try {
    const path = join(folder, 'case.json');
    const benchCase = drawCase(shape, options);
    await writeCase(path, benchCase, drawTensors(benchCase));
    for (const entry of entries(path, options, python)) {
      const [contestant, about] = await Contestant.start(entry, options.threads);
      started.push(contestant);
      versions[entry.name] = about;
    }
    const found = new Map<Measure, Result>();
    for (const measure of ORDER) {
      found.set(measure, resultOf(measure, await interleave(started, planFor(measure, options))));
    }
    const results = MEASURES.flatMap((measure) => found.get(measure) ?? []);
    return { shape: shape.name, about: shape.about, batchSize: shape.batchSize, versions, results };
  } finally {
    for (const contestant of started) contestant.stop();
    await rm(folder, { recursive: true });
  }
}

/** Architectures of the list that the others score in one measurement: what one costs them is the same in any list. */
const SCORED_BY_OTHERS = 12;

/** Ours scores a whole list, as a round does, for it computes once what its members share. Half the repeats will do. */
function planFor(measure: Measure, { repeats, lap, architectures, clock }: Options): Plan {
  if (measure !== 'score') {
    return { measure, clock, repeats, part: (_contestant, number) => ({ from: number * lap, count: lap }) };
  }
  const some = Math.min(SCORED_BY_OTHERS, architectures);
  const part = (contestant: string, number: number) =>
    contestant === OURS ? { from: 0, count: architectures } : { from: number * some, count: some };
  return { measure, clock, repeats: Math.ceil(repeats / 2), part };
}

function entries(path: string, { threads, device, alone }: Options, python: string): Entry[] {
  const node = (script: string) => ({
    command: process.execPath,
    args: [join(__dirname, script, 'main.js'), path, device],
  });
  const torch = (layout: string) => ({
    command: python,
    args: ['-W', 'ignore', join(PEER_FOLDER, 'main.py'), path, String(threads), layout, device],
  });
  const ours = { name: OURS, ...node('ours') };
  if (alone) return [ours];
  return [
    ours,
    { name: STOCK, ...node('stock') },
    { name: TORCH, ...torch('default') },
    { name: TORCH_CHANNELS_LAST, ...torch('channels_last') },
  ];
}
