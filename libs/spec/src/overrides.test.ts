import { NseError } from '@nse/space';
import { withOverrides } from './overrides.js';
import { parseSpec } from './parse.js';
import { presetNamed, presets } from './presets.js';

const preset = presets['fashion-mnist'];

describe('withOverrides', () => {
  it('changes nothing when nothing is asked', () => {
    expect(withOverrides(preset, {})).toEqual(preset);
  });

  it('sets what is asked', () => {
    const overrides = { name: 'mine', seed: 7, rounds: 2, method: 'nse-single', dataPath: '/d', workers: 4 };
    const spec = parseSpec(withOverrides(preset, overrides));
    expect(spec).toMatchObject({ name: 'mine', seed: 7, rounds: 2, method: 'nse-single' });
    expect(spec.dataset.path).toBe('/d');
    expect(spec.evaluate.workers).toBe(4);
  });

  it.each(['mnist', 'cifar10'])('fits every small preset to %s', (dataset) => {
    for (const name of ['fashion-mnist', 'fashion-mnist-quick', 'cifar10']) {
      const spec = parseSpec(withOverrides(presetNamed(name), { dataset }));
      expect(spec.dataset.kind).toBe(dataset);
      expect(spec.network.imageSize).toBe(dataset === 'mnist' ? 28 : 32);
      expect(spec.train.augment).toBe(dataset === 'mnist' ? 'shift' : 'shift-flip');
    }
  });

  it('scales a MACs budget by the pixels', () => {
    const { target } = preset.constraint.macs;
    const { constraint } = parseSpec(withOverrides(preset, { dataset: 'cifar10' }));
    expect(constraint).toHaveProperty('macs.target', Number((target * (32 / 28) ** 2).toPrecision(5)));
  });

  it('refuses an unknown data set', () => {
    expect(() => withOverrides(preset, { dataset: 'cifar' })).toThrow(NseError);
  });

  it('leaves wrong values to the parser', () => {
    expect(() => parseSpec(withOverrides(preset, { seed: 1.5, rounds: 0 }))).toThrow(/seed.*rounds/);
  });
});

describe('presetNamed', () => {
  it('lists the presets when there is none of that name', () => {
    expect(() => presetNamed('toString')).toThrow(/fashion-mnist-quick, cifar10, imagenet-330m/);
  });
});
