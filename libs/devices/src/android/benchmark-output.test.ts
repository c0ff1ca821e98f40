import { assert, property, string } from 'fast-check';
import { parseBenchmarkOutput } from './benchmark-output.js';

/** The lines of a call, with warm-up and timed runs. */
const lines = (timed: string, last: string, prefix = '') =>
  [
    'STARTING!',
    'Initialized session in 0.896ms.',
    'Running benchmark for at least 1 iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.',
    'count=215 first=12231 curr=2106 min=2065 max=12231 avg=2331.42 std=746 p5=2070 median=2100 p95=2500',
    '',
    'Running benchmark for at least 50 iterations and at least 1 seconds but terminate if exceeding 150 seconds.',
    timed,
    '',
    last,
  ]
    .map((line) => (line === '' ? '' : prefix + line))
    .join('\n');

const classic =
  'Inference timings in us: Init: 896, First inference: 12231, Warmup (avg): 2331.42, Inference (avg): 2177.1';

describe('the output of benchmark_model', () => {
  test('of 2019 has its average last', () => {
    const text = lines(
      'count=459 first=2143 curr=2101 min=2056 max=2656 avg=2177.1 std=124',
      'Average inference timings in us: Warmup: 2331.42, Init: 896, no stats: 2177.1',
    );
    expect(parseBenchmarkOutput(text)).toEqual({ runs: 459, averageUs: 2177.1 });
  });

  test('with a prefix and carriage returns reads as well', () => {
    const timed = 'count=459 first=2143 curr=2101 min=2056 max=2656 avg=2177.1 std=124';
    const text = lines(timed, classic, 'INFO: ').replaceAll('\n', '\r\n');
    expect(parseBenchmarkOutput(text)).toEqual({ runs: 459, averageUs: 2177.1 });
  });

  test("of newer versions tells the median, the timed runs' and not the warm-up's", () => {
    const timed =
      'count=459 first=2143 curr=2101 min=2056 max=2656 avg=2177.1 std=124 p5=2060 median=2150 p95=2600';
    expect(parseBenchmarkOutput(lines(timed, classic))).toEqual({
      runs: 459,
      averageUs: 2177.1,
      medianUs: 2150,
    });
  });

  test('of runs that all took the same has one value', () => {
    const last = 'Inference timings in us: Init: 8, First inference: 9, Warmup (avg): 9, Inference (avg): 7';
    expect(parseBenchmarkOutput(lines('count=5 curr=7(all same)', last))).toEqual({ runs: 5, averageUs: 7 });
    expect(parseBenchmarkOutput(lines('count=1 curr=7 p5=7 median=7 p95=7', last))).toEqual({
      runs: 1,
      averageUs: 7,
      medianUs: 7,
    });
  });

  test('with tables of its operators is not mistaken for them', () => {
    const tables =
      'Timings (microseconds): count=50 first=1 curr=2 min=1 max=2 avg=1.5 std=0\nMemory (bytes): count=0';
    const text = lines('count=50 first=9 curr=9 min=8 max=9 avg=8.5 std=1', tables);
    expect(parseBenchmarkOutput(text)).toEqual({ runs: 50, averageUs: 8.5 });
  });

  test('with large numbers reads their exponents', () => {
    const last =
      'Inference timings in us: Init: 1, First inference: 2, Warmup (avg): 3, Inference (avg): 1.23457e+06';
    const timed = 'count=2 first=1234560 curr=1234580 min=1234560 max=1234580 avg=1.23457e+06 std=10';
    expect(parseBenchmarkOutput(lines(timed, last))).toEqual({ runs: 2, averageUs: 1_234_570 });
  });

  test("without the line of the timed runs has no count: the warm-up's is not theirs", () => {
    expect(parseBenchmarkOutput(lines('', classic))).toEqual({ averageUs: 2177.1 });
  });

  test.each(['', 'ERROR: Benchmarking failed.', 'count=0', 'Inference timings in us: Init: 5'])(
    'has no times where it is %j',
    (text) => {
      expect(parseBenchmarkOutput(text)).toBeUndefined();
    },
  );

  test('of anything is read without an error, and gives no negative times', () => {
    assert(
      property(string({ maxLength: 200 }), (noise) => {
        const timings = parseBenchmarkOutput(
          `count=${noise}\nInference timings in us: Inference (avg): ${noise}`,
        );
        expect(timings === undefined || timings.averageUs > 0).toBe(true);
      }),
    );
  });
});
