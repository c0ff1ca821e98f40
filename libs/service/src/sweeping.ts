import type { Fate, JobRunner, LeftJob } from '@nse/jobs';
import type { Bus, States } from '@nse/messaging';
import type { Logger } from '@nse/telemetry';
import { haltedPhases, openStandings, type Standing } from './halting.js';

const EVERY_MS = 60_000;

/**
 * Removes, now and every minute, what runs for a search that was halted or deleted while no process was there to stop it. Does
 * nothing where workers cannot outlive their service.
 */
export function startSweeping(bus: Bus, jobs: JobRunner, log: Logger, everyMs = EVERY_MS): void {
  if (jobs.sweep === undefined) return;
  const sweep = async () => {
    try {
      const searches = await openStandings(bus);
      await jobs.sweep?.((job) => fateOf(searches, job));
    } catch (error) {
      log.warn({ err: error }, 'cannot look for Jobs that nobody wants; trying again');
    }
    setTimeout(() => void sweep(), everyMs).unref();
  };
  void sweep();
}

/** What clients asked for goes on in a search that is paused or over, as in `unlessDeleted`. */
async function fateOf(searches: States<Standing>, { search, requested }: LeftJob): Promise<Fate> {
  const phase = (await searches.get(search))?.value.phase;
  if (phase === undefined || phase === 'DELETING') return 'remove';
  return haltedPhases.has(phase) && !requested ? 'end' : 'keep';
}
