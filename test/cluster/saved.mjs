// saved.mjs RESULT SPACE-MANAGER NATS CERTIFICATES: succeeds where the search `first` is there as RESULT says, with its events.
import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { clientFiles, connected, outcome, within } from './outcome.mjs';

within(180, 'looking for what was saved');
const [resultFile, address, nats, folder] = process.argv.slice(2);
const saved = JSON.parse(readFileSync(resultFile, 'utf8'));
await connected({ address, nats, tls: clientFiles(folder) }, async (client, bus) => {
  const found = await outcome({ client, bus, search: 'first' });
  deepStrictEqual(JSON.parse(JSON.stringify(found)), saved);
});
process.exit(0);
