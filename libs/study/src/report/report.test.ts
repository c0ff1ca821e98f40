import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';
import { runsOf } from '../expand.js';
import { failedResult, sampleResult, sampleStudy } from '../testing/samples.js';
import { studyMarkdown } from './markdown.js';
import { studyHtml } from './page.js';
import { accuracySvg } from './picture.js';
import type { StudyReport } from './report.js';
import { studyJson } from './stable.js';
import { studyReport } from './study-report.js';

const made = { command: './nse study -f study.yaml', host: { cores: 2 }, versions: { nse: '0.1.0' } };

const study = sampleStudy({
  variants: [{ name: 'k-3', about: 'K = 3', methods: ['nse'], poolSizes: [9], set: { subsetSize: 3 } }],
  rank: { methods: ['nse'] },
  fronts: { retrain: 2, methods: ['nse'], poolSizes: [9] },
});
const runs = runsOf(study);

/** All runs, nse better with the larger pool and the other not; one failed, one no better than chance. */
const results = runs.map((run, index) => {
  const better = run.method === 'nse' ? run.poolSize / 1000 : 0;
  const result = sampleResult(run, 0.8 + better + run.seed / 1000);
  if (index === 0) return failedResult(result, 'training diverged | at <b>step</b> 3');
  return index === 1 ? { ...result, chosen: { ...result.chosen, testAccuracy: 0.1 } } : result;
});
const report = studyReport(study, runs, results, made);

const groupOf = (of: StudyReport, method: string, poolSize: number, variant: string | null = null) =>
  of.groups.find((one) => one.method === method && one.poolSize === poolSize && one.variant === variant)!;

describe('the report of a study', () => {
  it('has the spread over seeds of what came of every method on every pool', () => {
    const nine = groupOf(report, 'nse', 9);
    expect(nine.testAccuracy).toMatchObject({ count: 2, min: 0.81, max: 0.811 });
    expect(nine.testAccuracy?.mean).toBeCloseTo(0.8105, 12);
    expect(nine.testAccuracy?.deviation).toBeCloseTo(0.001 / Math.SQRT2, 12);
    expect(nine.aheadOfRandom?.mean).toBeCloseTo(0.01, 12);
    expect(nine.steps?.mean).toBe(200);
    expect(nine.trainSeconds?.mean).toBe(20);
    expect(nine.peakMemoryBytes?.mean).toBe(5e8 + 9);
    expect(nine.tau?.count).toBe(2);
    expect(groupOf(report, 'nse', 9, 'k-3').tau).toBeNull();
  });

  it('counts what failed and what is no better than chance as not converged', () => {
    expect(groupOf(report, 'nse', 5)).toMatchObject({ runs: 2, failed: 1, notConverged: 1 });
    expect(groupOf(report, 'nse', 5).testAccuracy?.count).toBe(1);
    expect(groupOf(report, 'nse-single', 5)).toMatchObject({ runs: 2, failed: 0, notConverged: 1 });
    expect(groupOf(report, 'nse', 9)).toMatchObject({ failed: 0, notConverged: 0 });
  });

  it('has every round, with the test accuracies of what was trained of its front', () => {
    const run = report.runs.find((one) => one.run === 'nse-p9-s1');
    expect(run?.outcome?.rounds).toHaveLength(2);
    expect(run?.outcome?.rounds[1]?.retrained.map(({ accuracy }) => accuracy)).toEqual([0.81 - 0.02, 0.81]);
    const { rounds } = run!.outcome!;
    expect(rounds[1]!.hypervolume).toBeGreaterThan(rounds[0]!.hypervolume);
    expect(rounds[0]!.retrainedHypervolume).toBeGreaterThan(0);
  });

  it('holds methods against each other by runs of the same pool and seed', () => {
    const [nse, single, variant] = report.comparisons;
    // Of nse, seed 1 on the small pool failed.
    expect(nse).toMatchObject({ variant: null, method: 'nse', reference: null, aheadOfReference: null });
    expect(nse?.testAccuracy?.count).toBe(3);
    // Two seeds on nine, one on five: 0.807 against 0.8105.
    expect(nse?.perDoubling?.count).toBe(3);
    expect(nse?.perDoubling?.value).toBeCloseTo(0.0035 / Math.log2(9 / 5), 10);
    expect(single).toMatchObject({ method: 'nse-single', reference: 'nse' });
    // On nine operations 9 points in a thousand behind in both seeds, on five 5 in the one that nse has.
    expect(single?.aheadOfReference?.count).toBe(3);
    expect(single?.aheadOfReference?.value).toBeCloseTo(-(0.009 + 0.009 + 0.005) / 3, 12);
    expect(variant).toMatchObject({ variant: 'k-3', method: 'nse', reference: 'nse' });
    expect(variant?.aheadOfReference).toMatchObject({ count: 2 });
    expect(variant?.aheadOfReference?.value).toBeCloseTo(0, 12);
    expect(variant?.perDoubling).toBeNull();
    expect(variant?.aheadOfRandom?.value).toBeCloseTo(0.01, 12);
  });

  it('holds a run without a random architecture against those of its pool and seed', () => {
    const alone = results.map((result) =>
      result.state === 'succeeded' && result.method === 'nse-single' ? { ...result, random: null } : result,
    );
    const [, single] = studyReport(study, runs, alone, made).comparisons;
    // Those of nse are a hundredth below it.
    expect(single?.aheadOfRandom?.count).toBe(3);
    expect(single?.aheadOfRandom?.value).toBeCloseTo(0.01 - (0.009 + 0.009 + 0.005) / 3, 12);
  });

  it('has what was trained of the fronts, by round and over seeds', () => {
    expect(report.fronts.map(({ method, poolSize, round }) => [method, poolSize, round])).toEqual([
      ['nse', 9, 1],
      ['nse', 9, 2],
    ]);
    const [first, second] = report.fronts;
    expect(first?.aheadOfFirst).toBeNull();
    expect(first?.testAccuracy).toMatchObject({ count: 2 });
    expect(first?.testAccuracy?.mean).toBeCloseTo(0.8105 - 0.01, 12);
    expect(second?.aheadOfFirst).toMatchObject({ count: 2, value: 0 });
  });

  it('is of what is over while more is to come', () => {
    const part = studyReport(study, runs, results.slice(2, 4), made);
    expect(part).toMatchObject({ planned: runs.length, done: 2 });
    expect(studyHtml(part)).toContain(`2 of ${runs.length} runs are over`);
    expect(studyMarkdown(studyReport(study, runs, [], made))).toContain(`0 of ${runs.length} runs are over`);
    expect(studyHtml(studyReport(study, runs, [], made))).toContain('</html>');
  });

  it('is the same text each time, and nothing that is no report', () => {
    expect(studyJson(report)).toBe(studyJson(studyReport(study, runs, [...results].reverse(), made)));
    expect(JSON.parse(studyJson(report))).toMatchObject({
      schema: 1,
      name: 'sample',
      unit: 'macs',
      chance: 0.1,
    });
    expect(() => studyJson({ ...report, done: -1 })).toThrow('done');
  });

  it('has the same figures in Markdown, in tables of one width', () => {
    const text = studyMarkdown(report);
    expect(text).toContain('| nse | 80.70 (1) | 81.05 ± 0.07 (2) |');
    expect(text).toContain('| nse-single | 5 | 2 | 0 | 1 |');
    expect(text).toContain('| nse | 50.00 (1) | 50.00 ± 0.00 (2) |');
    expect(studyMarkdown(studyReport(study, runs, results.slice(2, 4), made))).toContain(
      '| none | - | 2 | 0 | 0 |',
    );
    expect(text).toContain('| k-3: nse | 81.05 ± 0.07 (2) | +1.00, +1.00 to +1.00 (2) | +0.00');
    expect(text).toContain('training diverged \\| at <b>step</b> 3');
    for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
      const widths = table
        .trim()
        .split('\n')
        .map((line) => line.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });
});

describe('the page of a study', () => {
  const page = studyHtml(report);
  const elements: Tree.Element[] = [];
  const errors: string[] = [];
  const visit = (node: Tree.Node): void => {
    if ('tagName' in node) elements.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(page, { onParseError: ({ code, startLine }) => errors.push(`${code} in line ${startLine}`) }));
  const attribute = (element: Tree.Element, name: string) =>
    element.attrs.find((one) => one.name === name)?.value;

  it('is well-formed, names nothing outside itself, and escapes what failed', () => {
    expect(errors).toEqual([]);
    expect(elements.filter(({ tagName }) => tagName === 'b')).toEqual([]);
    for (const element of elements) {
      for (const name of ['src', 'href', 'action']) expect(attribute(element, name)).toBeUndefined();
    }
  });

  it('gives each id once: its script takes the first that it finds', () => {
    const ids = elements.flatMap((element) => attribute(element, 'id') ?? []);
    expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([]);
    expect(elements.find((element) => attribute(element, 'id') === 'charts')?.tagName).toBe('script');
  });

  it('has data for each of its charts', () => {
    const places = elements.flatMap((element) => attribute(element, 'data-chart') ?? []);
    const data = /<script type="application\/json" id="charts">([^<]*)<\/script>/.exec(page)?.[1] ?? '';
    const { options } = JSON.parse(data) as { options: Record<string, { series: { data: unknown[] }[] }> };
    expect(Object.keys(options).sort()).toEqual([...places].sort());
    expect(places).toEqual([
      'accuracy',
      'variants',
      'time',
      'memory',
      'hypervolume',
      'rounds',
      'front',
      'rank',
      'tau',
    ]);
    for (const { series } of Object.values(options)) {
      expect(series.length).toBeGreaterThan(0);
      for (const { data: items } of series) expect(items.length).toBeGreaterThan(0);
    }
    for (const colour of page.match(/var\(--series-\d\)/g) ?? []) {
      expect(page).toContain(`${colour.slice(4, -1)}:#`);
    }
  });
});

describe('the picture of a study', () => {
  it('has a line and marks for each method, with every colour put in, on either background', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const svg = await accuracySvg(report, theme);
      for (const words of ['nse', 'nse-single', 'operations in the pool', 'test accuracy (%)']) {
        expect(svg).toContain(words);
      }
      expect(svg).not.toContain('var(--');
    }
  });
});
