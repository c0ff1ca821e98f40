import fc from 'fast-check';
import { parseSpec, parseSpecText, presets, targetViolations } from '@nse/spec';
import { checkField, checkNamed, readOrRefuse } from './named.js';
import { fuzzing } from './settings.js';
import { jsonLike, jsonText, withParts } from './values.js';

const preset = fc.constantFrom(...Object.values(presets));

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Reads it, or refuses it with every wrong field named. */
function parseOrName(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    checkNamed(error);
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message.length).toBeLessThan(100_000);
  }
}

describe('a spec', () => {
  test('of any value is read or refused by name', () => {
    fc.assert(
      fc.property(
        fc.oneof(jsonLike, fc.anything({ withBigInt: true, withMap: true, withDate: true })),
        (value) => parseOrName(() => parseSpec(value)),
      ),
      fuzzing(1_000),
    );
  });

  test('made of a preset with other parts is read or refused by name, and once read it parses to itself', () => {
    fc.assert(
      fc.property(preset.chain(withParts), (value) =>
        parseOrName(() => {
          const spec = parseSpec(value);
          const plain = throughJson(spec);
          expect(throughJson(parseSpec(plain))).toEqual(plain);
        }),
      ),
      fuzzing(400),
    );
  });

  test('that is refused names each wrong field', () => {
    fc.assert(
      fc.property(preset.chain(withParts), (value) => {
        try {
          parseSpec(value);
        } catch (error) {
          checkNamed(error);
          // A value that is no object at all has no field.
          if (typeof value === 'object' && value !== null && !Array.isArray(value)) checkField(error);
        }
      }),
      fuzzing(200),
    );
  });

  test('of any text is read or refused by name', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: fc.constantFrom(...Array.from('{}[]:-,&*!|>#%@`"\'\n \tab01~?<')), maxLength: 100 }),
      preset.chain(withParts).map((value) => jsonText(value)),
    );
    fc.assert(
      fc.property(text, (written) => parseOrName(() => parseSpecText(written))),
      fuzzing(500),
    );
  });

  test('never changes what all objects have', () => {
    const texts = [
      '{"__proto__": {"polluted": 1}}',
      '__proto__: {polluted: 1}',
      '<<: {__proto__: {polluted: 1}}',
    ];
    for (const text of texts) readOrRefuse(() => parseSpecText(text));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('that expands without end, or nests without end, is refused soon', () => {
    const laughs = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
    ];
    const texts = [
      laughs.join('\n'),
      '['.repeat(10_000),
      '{a: '.repeat(10_000),
      '- '.repeat(10_000),
      '&a [*a]',
    ];
    const before = process.memoryUsage().rss;
    for (const text of texts) expect(readOrRefuse(() => parseSpecText(text))).toBe('refused');
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20);
  });

  test('that is sound can be priced, whatever its parts', () => {
    fc.assert(
      fc.property(preset.chain(withParts), (value) => {
        readOrRefuse(() => targetViolations(parseSpec(value)));
      }),
      fuzzing(100),
    );
  });
});
