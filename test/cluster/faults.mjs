// faults.mjs SPEC RESULT SPACE-MANAGER NATS CERTIFICATES AWAY BACK: the search of search.mjs, with a fault at each of its
// stages: no free GPU, each service's pod, NATS' pod and a worker of each stage deleted without grace, and the API server
// away for half a minute (the commands AWAY and BACK end and start it). Writes what the search left to RESULT. Fails where a
// fault came too late, an event was missing at a durable consumer or came twice, or a Job was left.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { clientFiles, connected, outcome, overPhases, patient, within } from './outcome.mjs';
import { durable } from './durable.mjs';
import { deletePod, kubectl, list, present, until } from './kubectl.mjs';
import { toStruct } from '@nse/rpc';

within(1_800, 'the search with faults');
const [specFile, resultFile, address, nats, folder, away, back] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(specFile, 'utf8'));
const search = 'first';
const said = (text) => console.error(`  ${new Date().toISOString()} ${text}`);

/** Where the search stands, as last heard. */
let stands;
const over = () => overPhases.includes(stands?.phase);
const at = (stage, round) => !over() && stands?.stage === stage && stands.round === round;

async function reached(stage, round) {
  await until(`${stage} of round ${round}`, 600, () => {
    if (over()) throw new Error(`the search is over before a fault at ${stage} of round ${round}`);
    return at(stage, round) ? true : undefined;
  });
}

/** Whether its pod is ready does not matter: after the API server was away, no pod counts as ready for a while. */
const service = (name) => async () => {
  const pod = await until(`a pod of ${name}`, 60, async () => (await present(name))[0]);
  await deletePod(pod);
};

/**
 * Deletes one worker of each task as soon as it runs. Looked for from the beginning and beside all else: a task takes some
 * seconds, and may be over before another fault is.
 */
async function workers(tasks) {
  const left = new Set(tasks);
  while (left.size > 0) {
    // The API server is away for a while.
    const pods = await list('pods', `nse/search=${search},nse/stage`).catch(() => []);
    const running = ({ metadata, status }) =>
      status.phase === 'Running' && metadata.deletionTimestamp === undefined;
    for (const { metadata } of pods.filter(running)) {
      const task = [...left].find((name) => metadata.name.startsWith(`${search}-${name}-`));
      if (task === undefined) continue;
      await deletePod(metadata.name);
      left.delete(task);
    }
    if (left.size > 0 && over()) throw new Error(`no worker was seen to run of ${[...left].join(', ')}`);
    await delay(200);
  }
}

/** Someone else has all GPUs; the search says so within half a minute, and goes on when they are free. */
async function noFreeGpu() {
  const from = Date.now();
  await until('the search says that it waits for a GPU', 30, () =>
    /nvidia\.com\/gpu/.test(stands?.waiting ?? '') ? true : undefined,
  );
  said(`the reason was there after ${Math.round((Date.now() - from) / 1000)} s: ${stands.waiting}`);
  await kubectl('delete', 'pod', 'takes-all-gpus', '--grace-period=0', '--force');
}

/** Begins to bring the API server back and does not wait: the search goes on before the whole cluster is as it was. */
let clusterBack;
async function apiServerAway() {
  const command = promisify(execFile);
  await command('bash', ['-c', away]);
  said('the API server is away');
  await delay(30_000);
  clusterBack = command('bash', ['-c', back], { timeout: 300_000 });
  clusterBack.catch(() => undefined); // raised where it is awaited, at the end
  await until('the API server answers', 120, () => kubectl('get', '--raw', '/readyz').catch(() => undefined));
  said('the API server is back');
}

const plan = [
  ['train', 1, noFreeGpu],
  ['train', 1, service('supernet-trainer')],
  ['evaluate', 1, service('fitness-evaluator')],
  ['train', 2, service('nats')],
  ['train', 2, service('space-manager')],
  ['train', 2, service('latency-profiler')],
  ['evaluate', 2, apiServerAway],
  ['retrain', 2, service('retrainer')],
];

async function faults() {
  for (const [stage, round, fault] of plan) {
    await reached(stage, round);
    await fault();
  }
  await clusterBack;
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
    workers(['r1-train', 'r1-evaluate', 'retrain-chosen', 'retrain-random']),
  ]);
  await events.stopAt(found.ids);
  await leftJobs();
  writeFileSync(resultFile, `${JSON.stringify(found, null, 1)}\n`);
});
process.exit(0);
