import { taskId, waitingReason } from '@nse/jobs';
import type { Bus } from '@nse/messaging';
import type { SearchState } from './state.js';

/** Why the workers of the stage under way do not get on; empty where nothing is known to be wrong. */
export async function waitingOf(bus: Bus, state: SearchState): Promise<string> {
  return await waitingReason(bus, tasksUnderWay(state));
}

/** The tasks of the stage under way, by the names that their services give them. What was said before a halt is old news. */
function tasksUnderWay({ id: search, phase, stage, round }: SearchState): string[] {
  if (phase !== 'RUNNING' && phase !== 'RETRAINING') return [];
  switch (stage) {
    case 'train':
      return [taskId({ search, round }, stage)];
    case 'evaluate':
      // An evolution's task has a name of its own.
      return [stage, 'evolve'].map((what) => taskId({ search, round }, what));
    case 'retrain':
      return ['chosen', 'random'].map((role) => taskId({ search, round: 0 }, `retrain-${role}`));
    case 'prepare':
    case 'measure':
      // No worker does them: the latency-profiler says what it waits for.
      return [taskId({ search, round: 0 }, stage)];
    case 'inherit':
      return [];
  }
}
