import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { execute } from '@nse/cli';
import { tinyFields } from '@nse/testing';
import { type StudyReport, studyReportSchema } from '@nse/study';

const folder = mkdtempSync(join(tmpdir(), 'nse-study-'));
const file = join(folder, 'study.json');
const out = join(folder, 'out');

/** Two methods on two pools with two seeds; ranks and fronts of one run. */
const study = {
  name: 'tiny',
  base: { spec: tinyFields, set: { evaluate: { workers: 1 }, retrain: { compareRandom: false } } },
  axes: { methods: ['nse', 'nse-single'], poolSizes: [5, 9], seeds: [1, 2] },
  ofMethod: { 'nse-single': { subsetSize: 9 } },
  budget: { steps: 16 },
  rank: { architectures: 2, epochs: 0.1, methods: ['nse'], poolSizes: [9], seeds: [1] },
  fronts: { retrain: 1, epochs: 0.1, methods: ['nse'], poolSizes: [9], seeds: [1] },
};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Text that a command writes; `seen` is told of all that there is so far. */
class Collected extends Writable {
  text = '';

  constructor(private readonly seen: (text: string) => void = () => undefined) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    this.seen(this.text);
    done();
  }
}

async function nse(args: readonly string[], signal: AbortSignal, seen?: (text: string) => void) {
  const [stdout, stderr] = [new Collected(), new Collected(seen)];
  const code = await execute(['node', 'nse', ...args], { signal, stdout, stderr, env: {} });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const run = (signal = new AbortController().signal, seen?: (text: string) => void) =>
  nse(['study', '-f', file, '--out', out, '--parallel', '2', '--json'], signal, seen);

const results = () => (existsSync(join(out, 'runs')) ? readdirSync(join(out, 'runs')).sort() : []);

const names = ['nse', 'nse-single'].flatMap((method) =>
  [5, 9].flatMap((size) => [1, 2].map((seed) => `${method}-p${size}-s${seed}.json`)),
);

describe('nse study', () => {
  let report: StudyReport;
  let told: string;
  let early: readonly string[];
  let earlyTexts: ReadonlyMap<string, string>;

  beforeAll(async () => {
    writeFileSync(file, JSON.stringify(study));
    const stop = new AbortController();
    // In the middle of others, once the first are over.
    const stopped = await run(stop.signal, (text) => {
      if (text.includes('[2/8]')) stop.abort();
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('This goes on: ./nse study -f');
    early = results().filter((name) => name.endsWith('.json'));
    earlyTexts = new Map(early.map((name) => [name, readFileSync(join(out, 'runs', name), 'utf8')]));
    const over = await run();
    expect([over.code, over.stderr]).toEqual([0, expect.stringContaining('[8/8]')]);
    told = stopped.stderr + over.stderr;
    report = studyReportSchema.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
    // A minute or two on two cores of one's own.
  }, 900_000);

  it('goes on where it was stopped, and does nothing twice', () => {
    expect(early.length).toBeGreaterThanOrEqual(2);
    expect(early.length).toBeLessThan(8);
    for (const [name, text] of earlyTexts) expect(readFileSync(join(out, 'runs', name), 'utf8')).toBe(text);
    expect(results()).toEqual([...names].sort());
  });

  it('fails in none of its runs', () => {
    const files = names.map((name) => JSON.parse(readFileSync(join(out, 'runs', name), 'utf8')) as object);
    expect(files.filter((run) => 'failure' in run)).toEqual([]);
  });

  it('reports every run, with the same steps for each', () => {
    expect(report).toMatchObject({ planned: 8, done: 8, unit: 'macs', chance: 0.1 });
    expect(report.groups).toHaveLength(4);
    for (const { testAccuracy, failed } of report.groups) {
      expect(failed).toBe(0);
      expect(testAccuracy?.count).toBe(2);
    }
    expect(report.runs.map(({ outcome }) => outcome?.steps)).toEqual(Array(8).fill(16));
    for (const { outcome } of report.runs) {
      expect(outcome!.testAccuracy).toBeGreaterThan(0.05);
      expect(outcome!.rounds.map(({ round }) => round)).toEqual(outcome!.rounds.map((_, index) => index + 1));
      expect(outcome!.hypervolume).toBeGreaterThanOrEqual(0);
      expect(outcome!.seconds.train).toBeGreaterThan(0);
    }
  });

  it('knows how much memory workers held', () => {
    for (const { outcome } of report.runs) expect(outcome!.peakMemoryBytes).toBeGreaterThan(100e6);
  });

  it('correlates ranks and trains fronts where that is asked for', () => {
    const asked = report.runs.filter(({ outcome }) => outcome?.rank);
    expect(asked.map(({ run: name }) => name)).toEqual(['nse-p9-s1']);
    const { rank, rounds } = asked[0]!.outcome!;
    expect(rank?.pairs).toHaveLength(2);
    for (const [score, trained] of rank!.pairs) {
      expect(score).toBeGreaterThan(0);
      expect(trained).toBeGreaterThan(0);
    }
    expect(rounds.map(({ retrained }) => retrained.length)).toEqual([1, 1]);
    expect(report.fronts.map(({ round }) => round)).toEqual([1, 2]);
    expect(told).toMatch(/nse-p9-s1: train for ranks, 2 of 2, \d+\.\d\d % on test images/);
  });

  it('leaves Markdown and a page, and makes them anew from the folder alone', async () => {
    const text = () =>
      ['report.json', 'report.md', 'report.html'].map((name) => readFileSync(join(out, name), 'utf8'));
    const before = text();
    expect(before[1]).toContain('| nse-single |');
    for (const name of ['report.json', 'report.md', 'report.html']) rmSync(join(out, name));
    const { code } = await nse(['study', 'report', out], new AbortController().signal);
    expect(code).toBe(0);
    expect(text()).toEqual(before);
  });

  it('lets go of what it needs no more, and has nothing to do when it is over', async () => {
    expect(existsSync(join(out, 'state'))).toBe(false);
    const again = await run();
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('8 of them are over already.');
    expect(existsSync(join(out, 'state'))).toBe(false);
  });

  it('refuses to mix results with those of a study that was changed', async () => {
    writeFileSync(file, JSON.stringify({ ...study, budget: { steps: 20 } }));
    const { code, stderr } = await run();
    expect(code).toBe(6);
    expect(stderr).toContain('holds results of runs that the study has changed since');
  });
});
