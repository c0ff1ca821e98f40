import fc from 'fast-check';
import type { FrontPoint, RoundReport } from '../report.js';
import { sampleReport } from '../testing/sample.js';
import { anyStyle, bare, expectToFit, PLAIN } from '../testing/styles.js';
import { frontChart, frontsChart } from './front-chart.js';
import { frontTable } from './front-table.js';

const report = sampleReport();
const [template] = report.rounds;

const anyPoint: fc.Arbitrary<FrontPoint> = fc.record({
  code: fc.stringMatching(/^[0-9,.-]{1,120}$/),
  macs: fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
  accuracy: fc.double({ min: 0, max: 1, noNaN: true }),
});

const anyRounds: fc.Arbitrary<RoundReport[]> = fc.array(
  fc.array(anyPoint, { maxLength: 20 }).map((front) => ({ ...template!, front })),
  { maxLength: 8 },
);

/** A front with points far enough apart to have a square each. */
const spread: RoundReport = {
  ...template!,
  front: [5.5, 5.8, 6.1, 6.4].map((macs, index) => ({
    code: String(index),
    macs: macs * 1e6,
    accuracy: 0.6 + index / 10,
  })),
};

const marks = (chart: string, mark: string) =>
  chart
    .split('\n')
    .filter((line) => /[|+]/.test(line.slice(0, 12)))
    .join('')
    .split(mark).length - 1;

describe('charts of fronts', () => {
  it('fit into any terminal, whatever the fronts', () => {
    fc.assert(
      fc.property(anyRounds, anyStyle, (rounds, style) => {
        expectToFit(frontChart(rounds, report.constraint, style), style);
        expectToFit(frontsChart(rounds, report.constraint, report.chosen, style), style);
        expectToFit(frontTable(rounds, report.constraint, style), style);
      }),
      { numRuns: 150 },
    );
  });

  it('show a mark for every point, new and inherited ones apart', () => {
    const first = frontChart([spread], report.constraint, PLAIN);
    expect(marks(first, 'o')).toBe(4);
    const later = {
      ...spread,
      front: spread.front.map((point, index) => (index > 1 ? point : { ...point, code: 'new' })),
    };
    const second = frontChart([spread, later], report.constraint, PLAIN);
    expect(marks(second, 'o')).toBe(2);
    expect(second).toContain('o new  . inherited');
  });

  it('put dearer points to the right and more accurate ones higher', () => {
    const lines = frontChart([spread], report.constraint, PLAIN).split('\n');
    const columns = lines
      .slice(1, -4)
      .flatMap((line) => (line.includes('o', 9) ? [line.indexOf('o', 9)] : []));
    expect(columns).toHaveLength(4);
    expect(columns).toEqual([...columns].sort((a, b) => b - a));
  });

  it('name the unit and the target band', () => {
    const chart = frontChart([spread], report.constraint, PLAIN);
    expect(chart).toContain('multiply-accumulates');
    expect(chart).toContain('target 6.00 +- 0.50 M');
    const latency = frontChart([spread], { unit: 'ms', target: 5, drift: 0.5 }, PLAIN);
    expect(latency).toContain('5.00 +- 0.50 ms');
  });

  it('number the points by round and mark the chosen one', () => {
    const chart = bare(frontsChart(report.rounds, report.constraint, report.chosen, PLAIN));
    for (const round of [1, 2, 3, 4, 5, 6]) expect(chart).toContain(String(round));
    expect(chart).toContain('@ chosen');
    expect(marks(chart, '@')).toBe(1);
  });
});

describe('frontTable', () => {
  it('holds every architecture whole, its cost and its accuracy', () => {
    const table = frontTable(report.rounds, report.constraint, { ...PLAIN, width: 200 });
    for (const { code, accuracy } of report.rounds.at(-1)!.front) {
      expect(table).toContain(code);
      expect(table).toContain((accuracy * 100).toFixed(2));
    }
  });

  it('breaks long codes between cells, so that nothing is lost', () => {
    const table = frontTable(report.rounds, report.constraint, { ...PLAIN, width: 60 });
    const codes = table
      .split('\n')
      .map((line) => line.split('|')[4]?.trim() ?? '')
      .join('');
    for (const { code } of report.rounds.at(-1)!.front) expect(codes).toContain(code);
  });
});
