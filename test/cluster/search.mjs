// search.mjs SPEC RESULT [SPACE-MANAGER NATS CERTIFICATES]: runs the search `first` by gRPC, receives its events by NATS, and
// writes what they were to RESULT. In a cluster where addresses and certificates are given, else here.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { LocalRuntime, repositoryRoot } from '@nse/cli';
import { clientFiles, connected, outcomeOf, within } from './outcome.mjs';

within(900, 'the search');
const [specFile, resultFile, address, nats, folder] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(specFile, 'utf8'));
const run = (client, bus) => outcomeOf({ client, bus, spec, search: 'first' });

async function here() {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'nse-cluster-'));
  const runtime = await LocalRuntime.start({ stateDir, root: repositoryRoot });
  try {
    const { nats: url, services } = runtime.endpoints;
    return await connected({ address: services['space-manager'], nats: url }, run);
  } finally {
    await runtime.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

const found =
  address === undefined ? await here() : await connected({ address, nats, tls: clientFiles(folder) }, run);
writeFileSync(resultFile, `${JSON.stringify(found, null, 1)}\n`);
process.exit(0);
