import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@nse/kubernetes';
import type { Logger } from '@nse/telemetry';
import type { KubernetesApi } from './kubernetes-api.js';

/** A pod may take half a minute to stop. What is not gone by then goes without us. */
const goneWithinMs = 60_000;
const lookMs = 500;

/**
 * Deletes the Job and waits, for a minute at most, until it and its pods are gone. With a UID exactly that one; else whichever
 * has the name now, but none that is made meanwhile.
 */
export async function removeJob(
  { api, log }: { readonly api: KubernetesApi; readonly log: Logger },
  name: string,
  uid?: string,
): Promise<void> {
  const deadline = performance.now() + goneWithinMs;
  let target = uid;
  for (let asked = false; performance.now() < deadline;) {
    try {
      if (target === undefined || !asked) {
        const job = await api.job(name);
        target ??= job?.metadata?.uid;
        if (target === undefined) return;
        if (job?.metadata?.uid === target) await api.remove(name, target);
        asked = true;
      }
      const job = await api.job(name);
      if (job?.metadata?.uid !== target && (await api.podsOf(target)).length === 0) return;
    } catch (error) {
      log.warn({ err: error, task: name }, `cannot remove the Job yet: ${messageOf(error)}`);
    }
    await delay(lookMs);
  }
  log.warn({ task: name }, 'the Job or its pods are not gone yet');
}
