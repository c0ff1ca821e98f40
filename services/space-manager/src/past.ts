import type { Stage, TaskFailed } from '@nse/messaging';
import { hasRound, type SearchState } from './state.js';

type Place = Pick<SearchState, 'stage' | 'round' | 'resumed'>;

/** Whether the failure is one that the search has left behind: of an earlier stage, or from before it was resumed there. */
export function isPast(
  state: Place,
  { stage, round, resumes = 0 }: Pick<TaskFailed, 'stage' | 'round' | 'resumes'>,
): boolean {
  const at = stageOf(state, stage, round);
  const { resumed } = state;
  const beforeResume = resumed?.stage === at && resumed.round === round && resumes < resumed.count;
  return !isAt(state, at, round) || beforeResume;
}

/** The space-manager's own part follows the evaluation, or a stage that belongs to no round, at the same stage of the search. */
function stageOf(state: Place, stage: Stage, round: number): Stage {
  if (stage !== 'inherit') return stage;
  if (round > 0) return 'evaluate';
  return hasRound(state.stage) ? 'retrain' : state.stage;
}

function isAt(state: Place, at: Stage, round: number): boolean {
  if (!hasRound(at)) return state.stage === at;
  return hasRound(state.stage) && state.round === round && (at !== 'train' || state.stage === 'train');
}
