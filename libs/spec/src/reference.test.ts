import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type SchemaNode, specJsonSchema } from './json-schema.js';
import { specReference } from './reference.js';

function leaves(path: string, node: SchemaNode): [string, SchemaNode][] {
  const fields = Object.entries(node.properties ?? {});
  return fields.length === 0
    ? [[path, node]]
    : fields.flatMap(([name, field]) => leaves(path === '' ? name : `${path}.${name}`, field));
}

describe('docs/spec.md', () => {
  it('is what the schema says (npm run reference -w libs/spec)', () => {
    const file = path.join(__dirname, '../../../docs/spec.md');
    expect(readFileSync(file, 'utf8')).toBe(specReference());
  });

  it('explains every field', () => {
    for (const [field, { description = '' }] of leaves('', specJsonSchema())) {
      expect([field, description]).toEqual([field, expect.stringMatching(/\w+.*\.$/)]);
    }
  });

  it('gives a default for every field that is not needed', () => {
    expect(specReference()).not.toContain('undefined');
  });
});
