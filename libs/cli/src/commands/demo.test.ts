import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { presetNamed, parseSpec } from '@nse/spec';
import { Served } from '../testing/served.js';
import { searchOver, smallSpec } from '../testing/small-search.js';
import { LiveView } from '../live.js';
import { underWay } from './demo.js';
import { commandOf, demoSpec, savedOptions, saveOptions } from './demo-options.js';

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

  it('bounds latency on a device, like the MACs of the preset or by a target, and can be repeated', () => {
    const { constraint } = demoSpec({ latency: 'host', quick: true });
    expect(constraint.macs).toBeUndefined();
    expect(constraint.latency).toMatchObject({ device: 'host', likeMacs: 4e6 });
    const options = { latency: 'host', targetMs: 2.5 };
    expect(demoSpec(options).constraint.latency).toMatchObject({ device: 'host', targetMs: 2.5 });
    expect(commandOf(options)).toBe('./nse demo --latency host --target-ms 2.5');
    expect(demoSpec(options)).toMatchObject({
      ...{ rounds: 3, train: { epochs: 0.15 }, evaluate: { architectures: 48 }, retrain: { epochs: 0.75 } },
    });
    expect(demoSpec({ ...options, rounds: 6 }).rounds).toBe(6);
    expect(demoSpec({ ...options, quick: true })).toMatchObject({ rounds: 2, retrain: { epochs: 1 } });
    expect(() => demoSpec({ targetMs: 2.5 })).toThrow('--latency host');
  });

  it('refuses options that make no sound spec, by the name of the field', () => {
    expect(() => demoSpec({ rounds: 0 })).toThrow('rounds');
    expect(() => demoSpec({ method: 'evolution' })).toThrow('method');
    expect(() => demoSpec({ dataset: 'imagenet' })).toThrow('dataset');
  });
});

describe('the options of a demo', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nse-demo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are kept for its resumption, own files by their absolute path', async () => {
    await saveOptions(join(folder, 'state'), { quick: true, seed: 3, data: 'images', out: 'x' });
    const saved = await savedOptions(join(folder, 'state'));
    expect(saved).toEqual({ quick: true, seed: 3, data: resolve('images') });
    expect(commandOf(saved)).toBe(`./nse demo --quick --seed 3 --data ${resolve('images')}`);
  });

  it('of the first start stay until a search is begun with others', async () => {
    await saveOptions(folder, { seed: 1 }, 'first');
    await saveOptions(folder, { seed: 2 }, 'first');
    expect(await savedOptions(folder)).toEqual({ seed: 1 });
    await saveOptions(folder, { seed: 2 });
    expect(await savedOptions(folder)).toEqual({ seed: 2 });
  });

  it('are not found where no demo was', async () => {
    await expect(savedOptions(folder)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the search of a demo', () => {
  it.each([
    ['FAILED', 1],
    ['PAUSED', 1],
    ['RUNNING', 0],
    ['SUCCEEDED', 0],
    ['CANCELLED', 0],
  ] as const)('that is %s is resumed %d times', async (phase, times) => {
    let resumed = 0;
    const served = await Served.start({
      spaceManager: {
        createSearch: () => Promise.resolve(searchOver({ phase })),
        resumeSearch: () => {
          resumed++;
          return Promise.resolve(searchOver({ phase: 'RUNNING' }));
        },
      },
    });
    const found = await underWay(served.system, smallSpec, new LiveView(new PassThrough()));
    await served.stop();
    expect(resumed).toBe(times);
    expect(found.phase).toBe(times === 1 ? 'RUNNING' : phase);
  });
});
