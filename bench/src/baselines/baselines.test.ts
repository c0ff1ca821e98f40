import { baselines, type StepResult } from './main.js';
import { readStepOptions } from './options.js';
import { stepTables } from './tables.js';

const result = (method: StepResult['method'], pool: number, ms: number): StepResult => ({
  method,
  pool,
  ms,
  mib: 10 * ms,
});

test('tells time and memory by method and pool, and how they stand to NSE', () => {
  const tables = stepTables([result('nse', 5, 20), result('darts-1st', 5, 50), result('darts-1st', 27, 300)]);
  expect(tables).toContain('| nse       | 20 (1.0)     |               |');
  expect(tables).toContain('| darts-1st | 50 (2.5)     | 300           |');
  expect(tables).toContain('| darts-1st | 500 (2.5)    | 3000          |');
});

test('measures everything unless told what', () => {
  expect(readStepOptions([])).toMatchObject({ pools: [5, 9, 18, 27], steps: 20 });
  expect(readStepOptions(['--methods', 'spos,nse', '--pools', '9'])).toMatchObject({
    methods: ['nse', 'spos'],
    pools: [9],
  });
});

test.each([
  [['--methods', 'enas'], /--methods knows no method "enas"/],
  [['--pools', '5,28'], /--pools takes whole numbers from 1 to 27, not "28"/],
  [['--steps', 'x'], /--steps takes whole numbers/],
])('refuses %p', (args, message) => {
  expect(() => readStepOptions(args)).toThrow(message);
});

test('measures a method in a process of its own', async () => {
  const said = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  await baselines(['--methods', 'spos', '--pools', '2', '--steps', '2']);
  expect(String(said.mock.calls[0]![0])).toMatch(/\| spos +\| [1-9]\d* +\|/);
  jest.restoreAllMocks();
});
