import fc from 'fast-check';
import {
  decodeArchitecture,
  encodeArchitecture,
  macroNetwork,
  parseLatencyTable,
  poolNamed,
} from '@nse/space';
import { parseSpec, presets } from '@nse/spec';
import { checkField, checkNamed, readOrRefuse } from './named.js';
import { fuzzing } from './settings.js';
import { jsonLike, withParts } from './values.js';

const spec = presets['fashion-mnist-quick'];
const network = macroNetwork(parseSpec(spec).network);
const pool = poolNamed('mac27');

/** Reads it, or refuses it with the wrong field named. */
function readOrName(read: () => void): void {
  try {
    read();
  } catch (error) {
    checkNamed(error);
    checkField(error);
  }
}

test('a code of any text is read, and then written the same way again, or refused by name', () => {
  const cell = fc.oneof(
    fc.constant('-'),
    fc.array(fc.nat(30), { maxLength: 3 }).map((operations) => operations.join()),
    fc.string({ maxLength: 4 }),
    fc.constantFrom('1e3', '-1', '0x1', '99999999999999999999', ' 1', '', '[1]'),
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(cell, { minLength: network.cells.length, maxLength: network.cells.length })
      .map((cells) => cells.join('.')),
    fc.array(cell, { maxLength: 20 }).map((cells) => cells.map((one) => `[${one}]`).join(' ')),
  );
  fc.assert(
    fc.property(text, (code) =>
      readOrName(() => {
        const written = encodeArchitecture(decodeArchitecture(code, network, pool));
        expect(encodeArchitecture(decodeArchitecture(written, network, pool))).toBe(written);
      }),
    ),
    fuzzing(3_000),
  );
});

test('a very long code is refused soon', () => {
  for (const code of [
    '['.repeat(1e6),
    '[1] '.repeat(3e5),
    '0.'.repeat(1e6),
    '1,'.repeat(1e6),
    `[${' '.repeat(1e6)}`,
  ]) {
    expect(readOrRefuse(() => decodeArchitecture(code, network, pool))).toBe('refused');
  }
});

test('a latency table of any value, or of a sound one with other parts, is read or refused by name', () => {
  const row = [28, 1, 8, 3, 1, 1, 1, 1, 1, 0.5];
  const columns = [
    'hw',
    'c_in',
    'c_out',
    'kernel',
    'stride',
    'padding',
    'dilation',
    'group',
    'type_code',
    'exec_time',
  ];
  const table = { unit: 'ms', columns, rows: [row, [[1, 2], 8, 8, [3, 5], 1, 1, 1, 8, 1, 2]] };
  expect(readOrRefuse(() => parseLatencyTable(table))).toBe('read');
  fc.assert(
    fc.property(fc.oneof(jsonLike, withParts(table)), (value) =>
      readOrName(() => {
        const { unit } = parseLatencyTable(value);
        expect(typeof unit).toBe('string');
      }),
    ),
    fuzzing(1_500),
  );
});
