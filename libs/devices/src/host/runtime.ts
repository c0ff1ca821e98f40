/** The program of the process that holds ONNX Runtime: a crash or a hang of it is not the service's. */
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { median } from 'simple-statistics';
import { loadModel, type LoadedModel } from './loaded-model.js';
import { reasonOf, type Reply, type Request, type Run } from './protocol.js';
import { mark, timedRuns, warmMark } from './timed-run.js';

/** A model that was warmed up. */
interface WarmModel {
  readonly model: LoadedModel;
  /** What a run takes, about. */
  readonly runMs: number;
}

/** Of runs of the trivial model before they count; all else was warmed up by then. */
const trivialMs = 10;

let threads = 1;
let warm: readonly WarmModel[] = [];

// The binding puts each run, which is synchronous, behind a turn of the event loop, at 15 microseconds each. Nothing else waits here.
Object.assign(globalThis, { setImmediate: (task: () => void) => task() });

process.on('message', (request: Request) => void answer(request).then((reply) => process.send?.(reply)));
// Whoever asked is gone.
process.on('disconnect', () => process.exit());
comeFirst();
warmMark();

/** As far as the system lets us: others on our cores would be measured too. Without the right to it, we measure as we are. */
function comeFirst(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
    // Linux shares cores between sessions first, so a priority within ours alone would not do.
    writeFileSync('/proc/self/autogroup', String(constants.priority.PRIORITY_HIGHEST));
  } catch {
    return;
  }
}

async function answer(request: Request): Promise<Reply> {
  switch (request.kind) {
    case 'load':
      return await load(request);
    case 'block':
      return { kind: 'runs', runs: await block(request.models, request.forMs) };
    case 'pace':
      return { kind: 'pace', ...marks(request.forMs) };
  }
}

async function load(request: Request & { kind: 'load' }): Promise<Reply> {
  threads = request.threads;
  const { noise } = request;
  const loaded: WarmModel[] = [];
  for (const [place, file] of request.models.entries()) {
    try {
      loaded.push(await warmUp(await loadModel(file, noise, request), request.warmupMs));
    } catch (error) {
      return { kind: 'refused', model: place, message: reasonOf(error) };
    }
  }
  warm = loaded;
  const trivial = await warmUp(
    await loadModel(request.trivial, noise, { threads: 1, pinned: [] }),
    trivialMs,
  );
  return { kind: 'loaded', overhead: await timedRuns(trivial.model, 100, 1) };
}

async function warmUp(model: LoadedModel, forMs: number): Promise<WarmModel> {
  let quickest = Infinity;
  const end = performance.now() + forMs;
  for (let runs = 0; runs < 3 || performance.now() < end; runs++) {
    const start = performance.now();
    await model.run();
    quickest = Math.min(quickest, performance.now() - start);
  }
  return { model, runMs: quickest };
}

/** Model after model, each as often as fits into the time, 3 to 50 times. */
async function block(places: readonly number[], forMs: number): Promise<readonly (readonly Run[])[]> {
  const runs: (readonly Run[])[] = [];
  for (const place of places) {
    const each = warm[place];
    if (each === undefined) throw new Error(`model ${place} is not loaded`);
    const count = Math.min(50, Math.max(3, Math.round(forMs / each.runMs)));
    runs.push(await timedRuns(each.model, count, threads));
  }
  return runs;
}

/** Of marks in a row, in ms. The quickest is of pairs, so that no slip of the timer counts; Infinity where there was no pair. */
function marks(forMs: number): { readonly quickestMs: number; readonly medianMs: number } {
  const all = [mark()];
  let quickestMs = Infinity;
  for (const end = performance.now() + forMs; performance.now() < end;) {
    const next = mark();
    quickestMs = Math.min(quickestMs, Math.max(all.at(-1) ?? next, next));
    all.push(next);
  }
  return { quickestMs, medianMs: median(all) };
}
