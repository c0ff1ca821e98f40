// delete-search.mjs SPACE-MANAGER NATS CERTIFICATES: deletes the search `first` and waits until it is gone.
import process from 'node:process';
import { until } from './kubectl.mjs';
import { clientFiles, connected, patient, within } from './outcome.mjs';

within(180, 'deleting');
const [address, nats, folder] = process.argv.slice(2);
await connected({ address, nats, tls: clientFiles(folder) }, async (client) => {
  await client.deleteSearch({ search: 'first' }, patient);
  await until('the search is gone', 60, async () => {
    const { searches } = await client.listSearches({}, patient);
    return searches.length === 0 ? true : undefined;
  });
});
process.exit(0);
