import { UsualPace } from './usual-pace.js';

describe('UsualPace', () => {
  it('takes the quickest marks that it saw for usual, and a fifth more for calm', () => {
    const usual = new UsualPace();
    for (const mark of [1.4, 1, 1.6]) usual.saw(mark, 25);
    expect([0.9, 1, 1.19, 1.21, 1.5].map((mark) => usual.isCalm(mark))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('has the first marks for calm, and no longer once it sees quicker ones', () => {
    const usual = new UsualPace();
    usual.saw(1.5, 25);
    expect(usual.isCalm(1.5)).toBe(true);
    usual.saw(1, 25);
    expect(usual.isCalm(1.5)).toBe(false);
  });

  it('gets used to a host that is slower for good, after a minute of measuring', () => {
    const usual = new UsualPace();
    usual.saw(1, 25);
    for (let second = 0; second < 59; second++) usual.saw(1.5, 1_000);
    expect(usual.isCalm(1.5)).toBe(false);
    for (let second = 0; second < 3; second++) usual.saw(1.5, 1_000);
    expect(usual.isCalm(1.5)).toBe(true);
  });

  it('takes no notice of marks that were not seen', () => {
    const usual = new UsualPace();
    usual.saw(1, 25);
    usual.saw(Number.NaN, 25);
    usual.saw(Infinity, 25);
    expect([1.1, 1.5].map((mark) => usual.isCalm(mark))).toEqual([true, false]);
  });
});
