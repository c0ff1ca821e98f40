import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@nse/cli';
import { eventTypes } from '@nse/messaging';

describe('docs/events.md', () => {
  it('has a line for every type of event, and for nothing else', () => {
    const page = readFileSync(join(repositoryRoot, 'docs/events.md'), 'utf8');
    const lines = [...page.matchAll(/^\| `([a-z.-]+)` +\| \S.*? +\| \S.*? +\|/gm)].map(
      ([, type]) => type ?? '',
    );
    expect(lines.sort()).toEqual([...eventTypes].sort());
  });
});
