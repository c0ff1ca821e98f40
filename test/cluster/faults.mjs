// faults.mjs SPEC RESULT SPACE-MANAGER NATS CERTIFICATES AWAY BACK: the search of search.mjs, with a fault at each of its
// stages: no free GPU, each service's pod, NATS' pod and a worker of each stage deleted without grace, and the API server
// away for half a minute (the commands AWAY and BACK end and start it). Writes what the search left to RESULT. Fails where a
// fault came too late, an event was missing at a durable consumer or came twice, or a Job was left.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { clientFiles, connected, outcome, patient, within } from './outcome.mjs';
import { durable } from './durable.mjs';
import { deletePod, kubectl, list, ready, until } from './kubectl.mjs';
import { toStruct } from '@nse/rpc';

within(1_800, 'the search with faults');
const [specFile, resultFile, address, nats, folder, away, back] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(specFile, 'utf8'));
const search = 'first';
const said = (text) => console.error(`  ${new Date().toISOString()} ${text}`);

/** Where the search stands, as last heard. */
let stands;
const at = (stage, round) => stands?.stage === stage && stands.round === round;

async function reached(stage, round) {
  await until(`${stage} of round ${round}`, 600, () => (at(stage, round) ? true : undefined));
}

const service = (name) => async () => {
  const [pod] = await until(`a ready pod of ${name}`, 300, async () => {
    const pods = await ready(name);
    return pods.length === 0 ? undefined : pods;
  });
  await deletePod(pod);
};

/** A worker of a task that runs, or will. */
const worker = (stage, round, task) => async () => {
  const name = await until(`a running worker of ${stage}`, 300, async () => {
    const pods = await list('pods', `nse/search=${search},nse/stage=${stage}`);
    const found = pods.find(
      ({ metadata, status }) =>
        metadata.name.startsWith(`${search}-${task}`) &&
        status.phase === 'Running' &&
        metadata.deletionTimestamp === undefined,
    );
    if (found === undefined && !at(stage, round)) throw new Error(`${stage} of round ${round} is over`);
    return found?.metadata.name;
  });
  await deletePod(name);
};

/** Someone else has all GPUs; the search says so within half a minute, and goes on when they are free. */
async function noFreeGpu() {
  const from = Date.now();
  await until('the search says that it waits for a GPU', 30, () =>
    /nvidia\.com\/gpu/.test(stands?.waiting ?? '') ? true : undefined,
  );
  said(`the reason was there after ${Math.round((Date.now() - from) / 1000)} s: ${stands.waiting}`);
  await kubectl('delete', 'pod', 'takes-all-gpus', '--grace-period=0', '--force');
}

async function apiServerAway() {
  const command = promisify(execFile);
  await command('bash', ['-c', away]);
  said('the API server is away');
  await delay(30_000);
  await command('bash', ['-c', back], { timeout: 300_000 });
  said('the API server is back');
}

/** Tasks that run beside each other: the second may be over when the first had its fault. */
const together =
  (...all) =>
  () =>
    Promise.all(all.map((fault) => fault()));

const plan = [
  ['train', 1, noFreeGpu],
  ['train', 1, service('supernet-trainer')],
  ['train', 1, worker('train', 1, 'r1-train')],
  ['evaluate', 1, service('fitness-evaluator')],
  ['evaluate', 1, worker('evaluate', 1, 'r1-evaluate')],
  ['train', 2, service('nats')],
  ['train', 2, service('space-manager')],
  ['evaluate', 2, apiServerAway],
  ['retrain', 2, service('retrainer')],
  ['retrain', 2, together(worker('retrain', 2, 'retrain-chosen'), worker('retrain', 2, 'retrain-random'))],
  ['retrain', 2, service('latency-profiler')],
];

async function faults() {
  for (const [stage, round, fault] of plan) {
    await reached(stage, round);
    await fault();
  }
}

/** Jobs that should not be there, or do not end. */
async function leftJobs() {
  await until('all Jobs are over', 300, async () => {
    const jobs = await list('jobs', `nse/search=${search}`);
    const open = jobs.filter(({ status }) => !status.conditions?.some(({ type }) => type === 'Complete'));
    return open.length === 0 ? true : undefined;
  });
  const names = (await list('jobs', `nse/search=${search}`)).map(({ metadata }) => metadata.name).sort();
  said(`Jobs: ${names.join(' ')}`);
  const wanted = ['r1-evaluate', 'r1-train', 'r2-evaluate', 'r2-train', 'retrain-chosen', 'retrain-random'];
  if (names.join() !== wanted.map((task) => `${search}-${task}`).join())
    throw new Error('not the Jobs of the tasks');
}

const tls = clientFiles(folder);
await connected({ address, nats, tls }, async (client, bus) => {
  const events = await durable(nats, tls, search);
  await client.createSearch({ search, spec: toStruct(spec) }, patient);
  const [found] = await Promise.all([
    outcome({ client, bus, search, told: (now) => (stands = now) }),
    faults(),
  ]);
  await events.stopAt(found.ids);
  await leftJobs();
  writeFileSync(resultFile, `${JSON.stringify(found, null, 1)}\n`);
});
process.exit(0);
