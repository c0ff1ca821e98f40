import { NseError } from '@nse/space';
import { chooseOf } from './choose.js';
import { parseSpec } from './parse.js';

const minimal = {
  name: 'small',
  dataset: { kind: 'mnist' },
  network: { plan: 'NR', depths: [0, 0, 1, 0, 1], widths: [8, 16, 24, 32, 40] },
  constraint: { macs: { target: 3e6, drift: 0.5e6 } },
};
const choosing = (choose: unknown, rest: object = {}) => parseSpec({ ...minimal, ...rest, choose });

function violationsOf(choose: unknown, rest: object = {}): Record<string, string> {
  try {
    choosing(choose, rest);
  } catch (error) {
    return Object.fromEntries(
      NseError.from(error).violations.map(({ field, description }) => [field, description]),
    );
  }
  return {};
}

describe('choose', () => {
  it('is not in a resolved spec that chooses the most accurate, unscaled', () => {
    const before = JSON.stringify(parseSpec(minimal));
    for (const choose of [undefined, {}, { by: 'accuracy' }, { scaleWidth: false, by: 'accuracy' }]) {
      expect(JSON.stringify(choosing(choose))).toBe(before);
    }
    expect(chooseOf(parseSpec(minimal))).toEqual({ by: 'accuracy', scaleWidth: false });
  });

  it('is filled where it says anything else, scaled to the target unless it says to what', () => {
    expect(choosing({ by: 'knee' }).choose).toEqual({ by: 'knee', scaleWidth: false });
    expect(choosing({ scaleWidth: true }).choose).toEqual({
      by: 'accuracy',
      scaleWidth: true,
      scaleTo: 3e6,
    });
    const spec = choosing({ by: 'knee', scaleWidth: true, scaleTo: 4e6 });
    expect(chooseOf(spec)).toEqual({ by: 'knee', scaleWidth: true, scaleTo: 4e6 });
    expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it('refuses to scale under a latency budget, also with a limit of MACs', () => {
    const latency = { table: 'phone', targetMs: 20 };
    for (const constraint of [{ latency }, { latency, ...minimal.constraint }]) {
      expect(violationsOf({ scaleWidth: true }, { constraint })).toEqual({
        'choose.scaleWidth': expect.stringContaining('needs a budget of macs alone') as string,
      });
      expect(violationsOf({ by: 'knee' }, { constraint })).toEqual({});
    }
  });

  it('refuses what it is to be scaled to where nothing is scaled, or no width comes down to it', () => {
    expect(violationsOf({ scaleTo: 2e6 })).toEqual({ 'choose.scaleTo': 'got 2000000; only with scaleWidth' });
    expect(violationsOf({ scaleWidth: true, scaleTo: 1 })['choose.scaleTo']).toMatch(
      /^got 1; at its narrowest an architecture of this network costs from \d{5,6}$/,
    );
    expect(violationsOf({ scaleWidth: true, scaleTo: 1e6 })).toEqual({});
  });

  it('names wrong fields', () => {
    expect(violationsOf({ by: 'luck', scaleWidth: 1, scale: 2 })).toEqual({
      'choose.by': 'got "luck"; needs one of accuracy, knee',
      'choose.scaleWidth': 'got 1; needs true or false',
      'choose.scale': 'unknown field',
    });
  });
});
