// devices.mjs SPEC SPACE-MANAGER NATS CERTIFICATES: a search under the latency of the cluster's node, whose table is built by the
// profiler there. Fails where no node is a device, where the chosen architecture was not measured on it, or where it misses the
// budget by more than a shared machine explains.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import { hostDevice } from '@nse/devices';
import { clientFiles, connected, outcomeOf, patient, within } from './outcome.mjs';

within(900, 'the search under latency');
const [specFile, address, nats, folder] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(specFile, 'utf8'));
const kubectl = async (...args) => (await promisify(execFile)('kubectl', args)).stdout;

const [node] = (await kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ');
const device = hostDevice(node).facts.id;
const latency = { device, likeMacs: spec.constraint.macs.target, remeasure: 2 };

await connected({ address, nats, tls: clientFiles(folder) }, async (client, bus) => {
  const found = await outcomeOf({
    ...{ client, bus, search: 'latency' },
    spec: { ...spec, constraint: { latency } },
  });
  const search = await client.getSearch({ search: 'latency' }, patient);
  const times = search.latency?.measured?.find(({ code }) => code === found.chosen.code);
  if (times?.measuredMs === undefined) throw new Error(`not measured: ${found.chosen.code}`);
  const { predictedMs, measuredMs } = times;
  const said = `predicted ${predictedMs.toPrecision(3)} ms, measured ${measuredMs.toPrecision(3)} ms`;
  if (measuredMs < predictedMs / 2 || measuredMs > predictedMs * 2) throw new Error(said);
  console.log(`figure: on ${device}: ${said}`);
});
process.exit(0);
