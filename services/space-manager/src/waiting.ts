import { taskId, waitingReason } from '@nse/jobs';
import type { Bus } from '@nse/messaging';
import type { SearchState } from './state.js';

/** Why the workers of the stage under way do not get on; empty where nothing is known to be wrong. */
export async function waitingOf(bus: Bus, state: SearchState): Promise<string> {
  return await waitingReason(bus, tasksUnderWay(state));
}

/** The tasks of the stage under way, by the names that their services give them. What was said before a halt is old news. */
function tasksUnderWay({ id: search, spec, phase, stage, round }: SearchState): string[] {
  if (phase !== 'RUNNING' && phase !== 'RETRAINING') return [];
  switch (stage) {
    case 'train':
      return [taskId({ search, round }, stage)];
    case 'evaluate':
      return [taskId({ search, round }, stage), ...laterGenerations(spec, search, round)];
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

/** Each generation of an evolution is a task of its own; the first one has the stage's own name. */
function laterGenerations({ evolution }: SearchState['spec'], search: string, round: number): string[] {
  return Array.from({ length: (evolution?.generations ?? 1) - 1 }, (_, index) =>
    taskId({ search, round }, `evaluate-g${index + 2}`),
  );
}
