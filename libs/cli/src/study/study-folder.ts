import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NseError } from '@nse/space';
import { type Made, parseResult, parseStudy, type RunResult, type Study, type StudyRun } from '@nse/study';
import { z } from 'zod';

const recordSchema = z.object({
  schema: z.literal(1),
  study: z.unknown(),
  made: z.object({
    command: z.string(),
    host: z.record(z.string(), z.json()).nullable(),
    versions: z.record(z.string(), z.string()),
  }),
});

/**
 * Where the results of a study are: `study.json`, a file for each run that is over under `runs`, the report beside them, and under
 * `state` what a local system keeps. Every file is there as a whole or not at all.
 */
export class StudyFolder {
  constructor(readonly path: string) {}

  get stateDir(): string {
    return join(this.path, 'state');
  }

  /** Leaves the study here, so that its report can be made anew from the folder alone. */
  async begin(study: Study, made: Made): Promise<void> {
    await mkdir(this.runsDir, { recursive: true });
    await this.write('study.json', `${JSON.stringify({ schema: 1, study, made }, undefined, 2)}\n`);
  }

  /** The study that was left here. Raises NOT_FOUND where there is none, INVALID_ARGUMENT where its file was damaged. */
  async study(): Promise<{ readonly study: Study; readonly made: Made }> {
    const file = join(this.path, 'study.json');
    if (!existsSync(file)) throw new NseError('NOT_FOUND', `there is no study in ${this.path}`);
    const { study, made } = parsed(file, recordSchema, await readFile(file, 'utf8'));
    return { study: parseStudy(study), made };
  }

  /** What came of every run that is over. Raises INVALID_ARGUMENT for a file that is no result. */
  async results(): Promise<RunResult[]> {
    if (!existsSync(this.runsDir)) return [];
    const names = (await readdir(this.runsDir)).filter((name) => name.endsWith('.json')).sort();
    return await Promise.all(
      names.map(async (name) => {
        const result = parseResult(await readJson(join(this.runsDir, name)), name);
        if (`${result.run}.json` === name) return result;
        throw NseError.invalid([{ field: name, description: `holds run ${result.run}` }]);
      }),
    );
  }

  /** Keeps what came of a run. */
  async keep(result: RunResult): Promise<void> {
    await this.write(join('runs', `${result.run}.json`), `${JSON.stringify(result, undefined, 1)}\n`);
  }

  /** Writes a file beside its place, then moves it there. */
  async write(name: string, content: string): Promise<void> {
    const path = join(this.path, name);
    const handle = await open(`${path}.part`, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${path}.part`, path);
  }

  private get runsDir(): string {
    return join(this.path, 'runs');
  }
}

/**
 * The results that count for these runs. Raises FAILED_PRECONDITION where one is of a run that was changed since: hours of work are
 * not done anew, or taken for something else, by accident.
 */
export function resultsOf(
  folder: StudyFolder,
  runs: readonly StudyRun[],
  results: readonly RunResult[],
): ReadonlyMap<string, RunResult> {
  const byName = new Map(results.map((result) => [result.run, result]));
  const changed = runs.filter(
    ({ name, fingerprint }) => (byName.get(name)?.fingerprint ?? fingerprint) !== fingerprint,
  );
  if (changed.length > 0) {
    const named = changed.slice(0, 5).map(({ name }) => name);
    const message =
      `${folder.path} holds results of runs that the study has changed since (${named.join(', ')}` +
      `${changed.length > named.length ? ` and ${changed.length - named.length} more` : ''}): ` +
      'give another folder by --out, or remove their files';
    throw new NseError('FAILED_PRECONDITION', message, { field: basename(folder.path) });
  }
  return byName;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (cause) {
    throw new NseError('INVALID_ARGUMENT', `${file} is no JSON`, { cause });
  }
}

function parsed<T>(file: string, schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new NseError('INVALID_ARGUMENT', `${file} holds no study`, { cause });
  }
}
