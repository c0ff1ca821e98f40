import { readFileSync } from 'node:fs';
import path from 'node:path';
import { presets, specJsonSchema } from '@nse/spec';
import { crdText, definition } from './crd.js';
import { structural, type StructuralSchema } from './structural-schema.js';

/** Every schema within one, itself included. */
function all(schema: StructuralSchema): StructuralSchema[] {
  const within = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items === undefined ? [] : [schema.items]),
  ];
  return [schema, ...within.flatMap(all)];
}

const spec = () => definition().spec.versions[0]!.schema.openAPIV3Schema.properties!['spec']!;

describe('k8s/base/search-crd.yaml', () => {
  it('is what the schema of the spec says (npm run reference -w services/search-controller)', () => {
    const file = path.join(__dirname, '../../../k8s/base/search-crd.yaml');
    expect(readFileSync(file, 'utf8')).toBe(crdText());
  });

  it('is small enough for kubectl apply, which keeps it in an annotation too', () => {
    expect(crdText().length).toBeLessThan(200_000);
  });
});

describe('the schema of a search', () => {
  it('has every field of the spec, each with a type', () => {
    const fields = (node: object): string[] =>
      Object.entries((node as { properties?: Record<string, object> }).properties ?? {}).flatMap(
        ([name, field]) => [name, ...fields(field).map((inner) => `${name}.${inner}`)],
      );
    const search = spec().properties!['search']!;
    expect(fields(search)).toEqual(fields(specJsonSchema()));
    for (const { type } of all(search)) expect(typeof type).toBe('string');
  });

  it('says bounds and alternatives as structural schemas do', () => {
    const { network, train } = structural(specJsonSchema(), 'whole').properties!;
    expect(network!.properties!['scale']).toMatchObject({
      type: 'number',
      minimum: 0,
      exclusiveMinimum: true,
      maximum: 16,
    });
    expect(network!.properties!['stemStride']).toMatchObject({ type: 'integer', enum: [1, 2], default: 1 });
    expect(train!.properties!['momentum']).toMatchObject({ maximum: 1, exclusiveMaximum: true });
    expect(train!.properties!['memoryMiB']).not.toHaveProperty('maximum');
    for (const schema of all(structural(specJsonSchema(), 'whole'))) {
      for (const lost of ['const', 'anyOf', 'additionalProperties', '$schema'])
        expect(schema).not.toHaveProperty(lost);
      if (schema.type === 'array') expect(schema.maxItems).toBeGreaterThan(0);
    }
  });

  it('fills nothing in and asks for nothing in overrides', () => {
    for (const schema of all(spec().properties!['overrides']!)) {
      expect(schema).not.toHaveProperty('default');
      expect(schema).not.toHaveProperty('required');
    }
  });

  it('leaves the name to that of the object, and asks for all else that the spec needs', () => {
    expect(spec().properties!['search']!.required).toEqual(['dataset', 'network', 'constraint']);
  });

  it('lets every preset through by its types and enums', () => {
    const misfits = (schema: StructuralSchema, value: unknown, at: string): string[] => {
      if (schema.enum !== undefined && !schema.enum.includes(value as string)) return [at];
      if (Array.isArray(value))
        return value.flatMap((item, index) => misfits(schema.items!, item, `${at}[${index}]`));
      if (typeof value !== 'object' || value === null) return [];
      return Object.entries(value).flatMap(([name, field]) => {
        const inner = schema.properties?.[name];
        return inner === undefined ? [`${at}.${name}`] : misfits(inner, field, `${at}.${name}`);
      });
    };
    for (const [name, preset] of Object.entries(presets)) {
      expect(misfits(spec().properties!['search']!, preset, name)).toEqual([]);
    }
    expect(misfits(spec().properties!['search']!, { pool: 'none', sed: 1 }, 'wrong')).toEqual([
      'wrong.pool',
      'wrong.sed',
    ]);
  });
});
