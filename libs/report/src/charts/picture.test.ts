import { parse } from 'parse5';
import { latencySample, sampleReport } from '../testing/sample.js';
import { lossOption, retrainCurves, supernetCurves } from './curves.js';
import { frontsOption } from './fronts.js';
import { latencyOption } from './latency.js';
import { coloured, palette } from './palette.js';
import { chartSvg, frontsSvg } from './picture.js';
import { spaceData, spaceOption } from './space.js';

const report = sampleReport();
const size = { width: 900, height: 480 };

function expectWellFormed(svg: string): void {
  const errors: string[] = [];
  parse(`<!doctype html><title>x</title>${svg}`, { onParseError: ({ code }) => errors.push(code) });
  expect(errors).toEqual([]);
}

describe('frontsSvg', () => {
  it('has legend, target band and marks, in either theme', async () => {
    const light = await frontsSvg(report);
    for (const text of ['Round 1', 'Round 6', 'chosen', 'random', 'target 6.00 ± 0.50 M']) {
      expect(light).toContain(text);
    }
    expectWellFormed(light);
    expect(light).toContain(palette('light', 6)['round-6']);
    expect(light).not.toContain('var(--');
    expect(await frontsSvg(report, 'dark')).toContain(palette('dark', 6)['paper']);
  });
});

describe('frontsOption', () => {
  it('has every point of every front at its cost and accuracy', () => {
    const text = JSON.stringify(frontsOption(report));
    for (const { macs, accuracy } of report.rounds.flatMap(({ front }) => front)) {
      expect(text).toContain(`[${macs / 1e6},${Number((accuracy * 100).toFixed(3))}]`);
    }
  });

  it('goes by latency where that was the constraint', () => {
    const front = [{ code: '0', macs: 5e6, latencyMs: 4.5, accuracy: 0.5 }];
    const rounds = report.rounds.slice(0, 1).map((round) => ({ ...round, front, scores: [] }));
    const slow = { ...report, rounds, constraint: { unit: 'ms' as const, target: 5, drift: 1 } };
    const text = JSON.stringify(frontsOption(slow));
    expect(text).toContain('[4.5,50]');
    expect(text).toContain('latency by the table (ms)');
  });
});

const slow = latencySample();

describe('the chart of latencies', () => {
  it('has every pair, the lines of 0 and 10 % error, and the target', async () => {
    const option = latencyOption({ ...slow, latency: slow.latency! });
    const text = JSON.stringify(option);
    const { predictedMs, measuredMs } = slow.latency!.chosen;
    for (const pair of [...slow.latency!.trust!.pairs!, [predictedMs, measuredMs]]) {
      expect(text).toContain(JSON.stringify(pair));
    }
    const svg = await chartSvg(option, 'light', 2, size);
    for (const words of ['measured (ms)', '10 % off', 'random architectures', 'target 6.00 ± 0.50 ms']) {
      expect(svg).toContain(words);
    }
    expectWellFormed(svg);
  });
});

describe('the other charts', () => {
  it('draw without a browser', async () => {
    const loss = await chartSvg(lossOption(supernetCurves(report)), 'light', 6, size);
    expect(loss).toContain('loss (cross-entropy)');
    const retrain = await chartSvg(lossOption(retrainCurves(report)), 'dark', 6, size);
    expect(retrain).toContain('random');
    const space = await chartSvg(spaceOption(report), 'light', 6, size);
    expect(space).toContain('MBConv k11 t6');
    [loss, retrain, space].forEach(expectWellFormed);
  });

  it('escape names', async () => {
    const operations = report.pool.operations.map(() => '</text><script>"&');
    const svg = await chartSvg(spaceOption({ ...report, pool: { name: 'x', operations } }), 'light', 6, size);
    expectWellFormed(svg);
    expect(svg).not.toContain('<script');
  });

  it('leave a gap where a loss was not finite', () => {
    const option = lossOption([{ name: 'x', colour: '#000', points: [{ step: 1, loss: null }] }]);
    expect(JSON.stringify(option)).toContain('[1,"-"]');
  });
});

describe('spaceData', () => {
  it('has one digit for each cell and operation in each round', () => {
    const { fates, fitness } = spaceData(report);
    expect(fates).toHaveLength(6);
    for (const cell of fates.flat()) expect(cell).toMatch(/^[0-9]{27}$/);
    const operations = Object.keys(fitness[0]![0]!).map(Number);
    const { subsets, pruned } = report.rounds[0]!.space;
    expect(operations).toEqual(subsets[0]!.filter((operation) => !pruned[0]!.includes(operation)));
  });
});

describe('palette', () => {
  it('has a colour for every variable that charts and page use, in both themes', () => {
    const options = [
      frontsOption(report),
      spaceOption(report),
      lossOption(supernetCurves(report)),
      spaceData(report),
      latencyOption({ ...slow, latency: slow.latency! }),
    ];
    for (const theme of ['light', 'dark'] as const) {
      expect(JSON.stringify(coloured(options, palette(theme, 6)))).not.toContain('var(--');
    }
  });
});
