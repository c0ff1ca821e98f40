import fc from 'fast-check';
import { anyStyle, bare, expectToFit, PLAIN, RICH } from '../testing/styles.js';
import { progressLine, type StageProgress } from './progress-line.js';

const number = fc.double({ noDefaultInfinity: false, noNaN: false });

const anyProgress: fc.Arbitrary<StageProgress> = fc.record(
  {
    stage: fc.string({ unit: 'grapheme' }),
    round: fc.nat(),
    rounds: fc.nat(),
    step: fc.oneof(fc.integer(), number),
    steps: fc.oneof(fc.integer(), number),
    rate: number,
    etaSeconds: number,
    loss: number,
    accuracy: number,
  },
  { requiredKeys: ['stage', 'step', 'steps'] },
);

const TRAINING: StageProgress = {
  stage: 'train supernet',
  round: 2,
  rounds: 6,
  step: 812,
  steps: 1200,
  rate: 31.24,
  etaSeconds: 72.3,
  loss: 1.2345,
};

describe('progressLine', () => {
  it('is one line that fits, whatever the progress and the terminal', () => {
    fc.assert(
      fc.property(anyProgress, anyStyle, (progress, style) => {
        const line = progressLine(progress, style);
        expect(line).not.toContain('\n');
        expectToFit(line, style);
      }),
      { numRuns: 500 },
    );
  });

  it('says stage, share, steps, rate, time left and loss where there is room', () => {
    const line = bare(progressLine(TRAINING, { ...RICH, width: 120 }));
    expect(line).toContain('Round 2/6 train supernet');
    for (const part of ['67%', '812/1200', '31.2/s', '1:13 left', 'loss 1.234', '█', '░']) {
      expect(line).toContain(part);
    }
  });

  it('lets go first of what matters least', () => {
    const narrow = progressLine(TRAINING, { ...PLAIN, width: 60 });
    expect(narrow).toContain('1:13 left');
    expect(narrow).toContain('#');
    expect(narrow).not.toContain('/s');
  });

  it('fills the bar with the work', () => {
    const filled = [0, 300, 600, 900, 1200].map((step) => {
      const line = progressLine({ ...TRAINING, step }, PLAIN);
      return line.split('#').length - 1;
    });
    expect(filled).toEqual([...filled].sort((a, b) => a - b));
    expect(filled[0]).toBe(0);
    expect(progressLine({ ...TRAINING, step: 1200 }, PLAIN)).toMatch(/\[#+\] {2}100%/);
  });

  it('gives hours where it takes hours', () => {
    expect(progressLine({ ...TRAINING, etaSeconds: 3725 }, { ...PLAIN, width: 120 })).toContain(
      '1:02:05 left',
    );
  });
});
