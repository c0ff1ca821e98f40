import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { MessageTypeDefinition } from '@grpc/proto-loader';
import { packageDefinition } from './definition.js';
import { apiReference } from './reference.js';

const page = apiReference();

/** What the servers load of our package: services, and messages and enums. */
const ours = Object.entries(packageDefinition).filter(([name]) => name.startsWith('nse.v1.'));
const isType = (definition: object): definition is MessageTypeDefinition<object, object> =>
  'format' in definition;

interface Described {
  readonly field?: readonly { readonly name: string; readonly number: number }[];
  readonly value?: readonly { readonly name: string; readonly number: number }[];
}

/** The part of the page below the heading, up to the next one of the same level or above. */
function sectionOf(heading: string): string {
  const after = page.split(`\n${heading}\n`)[1] ?? '';
  return after.split(new RegExp(`\n#{2,${heading.indexOf(' ')}} `))[0] ?? '';
}

/** The loader's lowerCamelCase as the proto file has it. */
const written = (name: string) => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe('docs/api.md', () => {
  it('is what the proto files say (npm run reference -w libs/rpc)', () => {
    const file = path.join(__dirname, '../../../docs/api.md');
    expect(readFileSync(file, 'utf8')).toBe(page);
  });

  it('has every service and method', () => {
    const services = ours.filter(([, definition]) => !isType(definition));
    expect(services).toHaveLength(5);
    for (const [name, methods] of services) {
      const section = sectionOf(`## ${name.slice('nse.v1.'.length)}`);
      for (const method of Object.keys(methods)) {
        expect(section).toMatch(new RegExp(`^- \`${method}\` \\(.*\\) → .*\\. \\w.*\\.`, 'm'));
      }
    }
  });

  it('has every field and value of every message and enum, each with what it means', () => {
    const types = ours.filter(([, definition]) => isType(definition));
    expect(types.length).toBeGreaterThan(60);
    for (const [name, definition] of types) {
      const section = sectionOf(`### ${name.slice('nse.v1.'.length)}`);
      expect([name, section]).toEqual([name, expect.stringMatching(/^\n\S.*\.\n/)]);
      const { field = [], value = [] } = (definition as unknown as { type: Described }).type;
      const parts = [...field.map((each) => ({ ...each, name: written(each.name) })), ...value];
      for (const { name: part, number } of parts) {
        expect(section).toMatch(new RegExp(`^- ${number} \`${part}\`.*: .+\\.$`, 'm'));
      }
    }
  });

  it('links to sections that are there', () => {
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll('.', '').replaceAll(' ', '-'),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
  });

  it('says of each method whether it is safe to repeat', () => {
    expect(page).toMatch(/`GetSearch`.*_Reads\._$/m);
    expect(page).toMatch(/`PauseSearch`.*_Idempotent\._$/m);
    expect(page).toMatch(/`CreateSearch`.*INVALID_ARGUMENT with every wrong field\.$/m);
  });
});
