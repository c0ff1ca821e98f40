// ended.mjs RESULT SPACE-MANAGER NATS CERTIFICATES: writes to RESULT what the search `first` left.
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { clientFiles, connected, outcome, within } from './outcome.mjs';

within(180, 'waiting for the search');
const [resultFile, address, nats, folder] = process.argv.slice(2);
await connected({ address, nats, tls: clientFiles(folder) }, async (client, bus) => {
  const found = await outcome({ client, bus, search: 'first' });
  writeFileSync(resultFile, `${JSON.stringify(found, null, 1)}\n`);
});
process.exit(0);
