import { readOptions } from './options.js';

test('without options every shape is measured on two threads', () => {
  expect(readOptions([])).toEqual({
    threads: 2,
    repeats: 6,
    lap: 4,
    architectures: 120,
    clock: 'wall',
    alone: false,
    device: 'cpu',
    json: false,
  });
});

test('a quick look takes fewer and shorter measurements, unless told how many', () => {
  expect(readOptions(['--quick'])).toMatchObject({ repeats: 3, lap: 2, architectures: 12 });
  expect(readOptions(['--quick', '--repeats', '5'])).toMatchObject({ repeats: 5 });
});

test('a GPU is measured with a PyTorch of the caller', () => {
  expect(readOptions(['--device', 'gpu', '--python', '/usr/bin/python3'])).toMatchObject({
    device: 'gpu',
    python: '/usr/bin/python3',
  });
  expect(readOptions(['--device', 'gpu', '--alone', '--batch', '256'])).toMatchObject({
    device: 'gpu',
    alone: true,
    batch: 256,
  });
});

test.each([
  [['--threads', '0'], /--threads takes a whole number/],
  [['--repeats', 'many'], /--repeats takes a whole number/],
  [['--fast'], /--fast/],
  [['six'], /six/],
  [['--device', 'tpu'], /--device takes cpu or gpu, not "tpu"/],
  [['--device', 'gpu'], /--device gpu needs --python/],
])('%p is refused with its reason', (args, reason) => {
  expect(() => readOptions(args)).toThrow(reason);
});
