import { resolve } from 'node:path';
import { presetNamed, parseSpec } from '@nse/spec';
import { demoSpec } from './demo-options.js';

describe('the spec of the demo', () => {
  it('is the preset, or the quick one', () => {
    expect(demoSpec({})).toEqual(parseSpec(presetNamed('fashion-mnist')));
    expect(demoSpec({ quick: true })).toEqual(parseSpec(presetNamed('fashion-mnist-quick')));
  });

  it('takes seed, rounds and method from the options', () => {
    const spec = demoSpec({ seed: 7, rounds: 2, method: 'nse-single' });
    expect(spec).toMatchObject({ seed: 7, rounds: 2, method: 'nse-single' });
  });

  it('fits the network to another data set', () => {
    const { dataset, network } = demoSpec({ dataset: 'cifar10' });
    expect(dataset.kind).toBe('cifar10');
    expect(network).toMatchObject({ imageSize: 32, imageChannels: 3 });
  });

  it("reads own files by the caller's path", () => {
    expect(demoSpec({ data: 'images' }).dataset.path).toBe(resolve('images'));
  });

  it('refuses options that make no sound spec, by the name of the field', () => {
    expect(() => demoSpec({ rounds: 0 })).toThrow('rounds');
    expect(() => demoSpec({ method: 'darts' })).toThrow('method');
    expect(() => demoSpec({ dataset: 'imagenet' })).toThrow('dataset');
  });
});
