import { costText, countText, percentText } from '@nse/report';
import type { messages } from '@nse/rpc';
import { type Budget, unitOf } from '@nse/spec';
import type { Command } from 'commander';
import { columns } from '../columns.js';
import type { System } from '../connect.js';
import { withExamples } from '../examples.js';
import { notSucceeded } from '../follow.js';
import { LiveView } from '../live.js';
import { messageJson } from '../message-json.js';
import { specOf } from '../report-data.js';
import { hintAfterStop, print, printLine, type Shell } from '../shell.js';
import { updates } from '../updates.js';
import { type Connected, connected, ofRound, onSystem } from './options.js';

interface EvaluateOptions extends Connected {
  readonly round?: number;
}

type Evaluation = messages.ArchitectureEvaluation__Output;

export function addEvaluate(parent: Command, shell: Shell): void {
  const command = ofRound(
    parent
      .command('evaluate <search> <code...>')
      .description('score architectures with the supernet of a round, and wait for it'),
    'whose supernet scores them (default: the last one that is trained)',
  );
  withExamples(
    connected(command, 'every update as a line of JSON; the last one has the scores'),
    ['arch evaluate ID 0.6.3.-.11,17 0.6.3.-.11', 'two, on the last supernet'],
    ['arch evaluate ID CODE --round 1', 'on the first'],
  ).action((search: string, codes: readonly string[], options: EvaluateOptions) =>
    onSystem(shell, options, (system) => evaluate(shell, system, { search, codes }, options)),
  );
}

async function evaluate(
  shell: Shell,
  system: System,
  what: { readonly search: string; readonly codes: readonly string[] },
  options: EvaluateOptions,
): Promise<void> {
  const { search, codes } = what;
  const { round = 0, json } = options;
  const begun = await system.fitnessEvaluator.evaluateArchitectures({ search, round, codes: [...codes] });
  let last: Evaluation;
  try {
    last = await followEvaluation(shell, system, begun, json === true);
  } finally {
    hintAfterStop(shell, 'It goes on. The same command shows it again.');
  }
  const { failure } = last;
  if (failure !== null || last.state === 'TASK_STATE_FAILED') {
    throw notSucceeded(`the evaluation failed: ${failure?.reason ?? 'no reason is known'}`);
  }
  if (json === true) return;
  const unit = unitOf(specOf(await system.spaceManager.getSearch({ search })).constraint);
  print(shell, options, undefined, () => scoreTable(last, unit));
}

async function followEvaluation(
  shell: Shell,
  { fitnessEvaluator }: System,
  begun: Evaluation,
  json: boolean,
): Promise<Evaluation> {
  const { search, id } = begun;
  const view = new LiveView(shell.stdout);
  const open = () => fitnessEvaluator.watchArchitectureEvaluation({ search, id }, { signal: shell.signal });
  let last = begun;
  for await (const update of updates(open, ({ state }) => isOver(state), shell.signal)) {
    last = update;
    if (json) printLine(shell, messageJson(update));
    else view.progress(progressOf(update));
  }
  view.finish();
  return last;
}

const progressOf = ({ round, scored, total }: Evaluation) => ({
  stage: `score, round ${round}`,
  task: '',
  step: scored,
  steps: total,
});

/** Whether a piece of work is done, one way or the other. */
export const isOver = (state: messages.TaskState__Output) =>
  state === 'TASK_STATE_SUCCEEDED' || state === 'TASK_STATE_FAILED';

function scoreTable({ scores }: Evaluation, unit: Budget['unit']): string {
  const titles = ['ACCURACY', 'LOSS', ...(unit === 'macs' ? [] : ['LATENCY']), 'MACS', 'ARCHITECTURE'];
  const rows = scores.map(({ code, cost, macs, accuracy, loss }) => [
    percentText(accuracy, 2),
    loss.toFixed(4),
    ...(unit === 'macs' ? [] : [costText(cost, unit)]),
    countText(macs),
    code,
  ]);
  return columns(titles, rows, titles.slice(0, -1));
}
