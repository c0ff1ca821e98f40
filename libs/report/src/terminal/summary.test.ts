import fc from 'fast-check';
import { poolNamed } from '@nse/space';
import { spaceCounts } from '../evolution.js';
import { sampleReport } from '../testing/sample.js';
import { anyStyle, bare, expectToFit, PLAIN, RICH } from '../testing/styles.js';
import { lossChart } from './curve-chart.js';
import { architectureDrawing } from './drawing.js';
import { finalSummary } from './final-summary.js';
import { roundSummary } from './round-summary.js';

const report = sampleReport();
const context = {
  rounds: 6,
  network: report.network,
  poolSize: report.pool.operations.length,
  constraint: report.constraint,
};

describe('roundSummary', () => {
  it('fits into any terminal', () => {
    fc.assert(
      fc.property(anyStyle, fc.integer({ min: 0, max: 6 }), (style, rounds) => {
        expectToFit(roundSummary(report.rounds.slice(0, rounds), context, style), style);
      }),
      { numRuns: 60 },
    );
  });

  it('counts what was tried, kept and dropped', () => {
    const summary = roundSummary(report.rounds.slice(0, 2), context, PLAIN);
    const { tried, kept, dropped } = spaceCounts(report.rounds[1]!);
    expect(summary).toContain('Round 2 of 6');
    expect(summary).toContain(`${tried} tried, ${kept} kept, ${dropped} dropped`);
  });

  it('speaks of one architecture where one was scored', () => {
    const round = { ...report.rounds[0]!, scored: 1 };
    expect(roundSummary([round], context, PLAIN)).toContain(': 1 architecture scored,');
  });

  it('gives every operation of the pool one column in the row of its cell', () => {
    const round = report.rounds[0]!;
    const rows = roundSummary([round], context, PLAIN)
      .split('\n')
      .flatMap((line) => /\|(.*)\|/.exec(line)?.[1] ?? []);
    expect(rows).toHaveLength(report.network.cells.length);
    rows.forEach((row, cell) => {
      expect(row).toHaveLength(27);
      const marked = (mark: string) => Array.from(row).flatMap((one, index) => (one === mark ? [index] : []));
      expect(marked('*')).toEqual(round.space.kept[cell]);
      const left = new Set(round.space.pruned[cell]);
      expect(marked('x')).toEqual(round.space.dropped[cell]!.filter((operation) => !left.has(operation)));
      expect(marked('-')).toEqual([...left]);
    });
  });

  it('falls back to lists of indices where the pool is wider than the terminal', () => {
    const large = sampleReport({ pool: poolNamed('mac72'), rounds: 1 });
    const round = large.rounds[0]!;
    const summary = roundSummary([round], { ...context, network: large.network, poolSize: 72 }, PLAIN);
    const kept = round.space.kept[0]!.map((operation) => `#${operation}`).join(' ');
    expect(summary).toContain(`16  ${kept}`);
  });
});

describe('architectureDrawing', () => {
  it('fits into any terminal', () => {
    fc.assert(
      fc.property(anyStyle, (style) => expectToFit(architectureDrawing(report.chosen, report, style), style)),
      { numRuns: 40 },
    );
  });

  it('draws every branch of every cell once, and the identity where a cell has one', () => {
    const drawing = architectureDrawing(report.chosen, report, PLAIN);
    const drawn = drawing
      .split('\n')
      .flatMap(
        (line) => /(?:\+-|\|) +((?:MBConv|Rectangular)[^+|]*?)(?: -+\+| {2,}|$)/.exec(line)?.[1] ?? [],
      );
    const expected = report.chosen.cells.flatMap((cell) =>
      cell.operations.map((operation) => report.pool.operations[operation]!),
    );
    expect(drawn).toEqual(expected);
    const identities = report.network.cells.filter((cell) => cell.identity).length;
    expect(drawing.split('identity').length - 1).toBe(identities);
  });

  it('says what every cell does to channels and sizes, and costs', () => {
    const drawing = bare(architectureDrawing(report.chosen, report, RICH));
    expect(drawing).toContain('16→24');
    expect(drawing).toContain('14→7');
    expect(drawing).toContain('3x3 convolution, stride 2');
    expect(drawing).toContain('linear classifier');
  });
});

describe('lossChart', () => {
  it('fits into any terminal', () => {
    fc.assert(
      fc.property(
        anyStyle,
        fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })), {
          maxLength: 300,
        }),
        (style, losses) => {
          const curve = losses.map((loss, step) => ({ step, loss }));
          expectToFit(lossChart({ chosen: curve, random: report.retrain.curve }, style), style);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('finalSummary', () => {
  it('fits into any terminal', () => {
    fc.assert(
      fc.property(anyStyle, (style) => expectToFit(finalSummary(report, style), style)),
      { numRuns: 30 },
    );
  });

  it('of a method with one round speaks of that and of one front', () => {
    const one = { ...sampleReport({ rounds: 1 }), method: 'spos' as const };
    const summary = finalSummary(one, { ...PLAIN, width: 160 });
    expect(summary).toContain('sample: spos over 1 round, pool');
    expect(summary).toMatch(/^The front$/m);
    expect(summary).not.toMatch(/1 rounds|by round/);
  });

  it('shows the front of every round, the chosen architecture and both test accuracies', () => {
    const summary = finalSummary(report, { ...PLAIN, width: 160 });
    for (const { macs, accuracy } of report.rounds.flatMap((round) => round.front)) {
      expect(summary).toContain(`${(macs / 1e6).toFixed(2)} M ${(accuracy * 100).toFixed(1)} %`);
    }
    expect(summary).toContain(`Code: ${report.chosen.code}`);
    expect(summary).toMatch(/test accuracy +\| +92\.61 % \| +91\.83 %/);
    expect(summary).toContain('0.78 points ahead of the random one');
    expect(summary).toContain('11 min 33 s in all');
    expect(summary).toContain('accuracies and losses are not real');
  });

  it('says so when the random one did better, and leaves it out where there is none', () => {
    const worse = { ...report, retrain: { ...report.retrain, testAccuracy: 0.91 } };
    expect(finalSummary(worse, PLAIN)).toContain('0.83 points behind the random one');
    expect(finalSummary({ ...report, random: null }, PLAIN)).not.toContain('random');
  });

  it('prints nothing of a hostile name that a terminal would obey', () => {
    const style = { ...PLAIN, unicode: true };
    const hostile = finalSummary(
      { ...report, name: '\u001b]0;owned\u0007\u001b[2J', notes: ['\u001b[31mred'] },
      style,
    );
    expect(hostile).toBe(bare(hostile));
  });
});
