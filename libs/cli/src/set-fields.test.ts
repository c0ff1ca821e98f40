import fc from 'fast-check';
import { withFields } from './set-fields.js';

describe('fields set on a command line', () => {
  it('replace those of the spec, by dotted paths, with YAML values', () => {
    const spec = { rounds: 6, train: { epochs: 10, batchSize: 64 }, network: { widths: [1, 2] } };
    const settings = ['rounds=3', 'train.epochs=0.5', 'network.widths=[8, 16]', 'dataset.path=/a=b'];
    expect(withFields(spec, settings)).toEqual({
      rounds: 3,
      train: { epochs: 0.5, batchSize: 64 },
      network: { widths: [8, 16] },
      dataset: { path: '/a=b' },
    });
    expect(spec.train.epochs).toBe(10);
  });

  it('count in their order: the last one holds', () => {
    expect(withFields({}, ['a.b=1', 'a={c: 2}', 'a.d=3'])).toEqual({ a: { c: 2, d: 3 } });
  });

  it.each([
    ['seed', /--set: got "seed"; needs field=value/],
    ['=1', /needs field=value/],
    ['a..b=1', /needs field=value/],
    ['seed.x=1', /has no fields, it is 1/],
    ['list.0=1', /has no fields, it is a list/],
    ['a=[', /not a YAML or JSON text/],
  ])('refuse %s', (setting, message) => {
    const error: unknown = (() => {
      try {
        return withFields({ seed: 1, list: [1] }, [setting]);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const { field, message: text } = error as { field?: string; message: string };
    expect(`${field ?? ''}: ${text}`).toMatch(message);
  });

  it('can be read back at their path, whatever it is, and nothing else changes', () => {
    const name = fc.stringMatching(/^[a-z_]{1,9}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.integer(), (path, value) => {
        const base = { 'kept-field': 1 };
        const changed = withFields(base, [`${path.join('.')}=${value}`]) as Record<string, unknown>;
        const found = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], changed);
        expect(found).toBe(value);
        expect(changed['kept-field']).toBe(1);
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });
});
