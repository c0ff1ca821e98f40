// kubectl in NSE's namespace, as these tests use it.
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function kubectl(...args) {
  const { stdout } = await run('kubectl', ['--namespace', 'nse', '--request-timeout=20s', ...args], {
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** The objects of a kind with these labels. */
export async function list(kind, selector) {
  return JSON.parse(await kubectl('get', kind, '--selector', selector, '--output', 'json')).items;
}

/** Asks again until there is something other than undefined; raises after `seconds`. */
export async function until(what, seconds, look) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await delay(200);
  }
}

export async function deletePod(name) {
  await kubectl('delete', 'pod', name, '--grace-period=0', '--force', '--wait=false');
  console.error(`  ${new Date().toISOString()} deleted pod ${name}`);
}

/** Pods of a service or of NATS that are not being deleted. */
export async function present(name) {
  const pods = await list('pods', `app.kubernetes.io/name=${name},app.kubernetes.io/component!=worker`);
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name);
}
