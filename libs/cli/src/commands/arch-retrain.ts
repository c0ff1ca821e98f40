import { countText, durationText, percentText } from '@nse/report';
import type { messages } from '@nse/rpc';
import type { Command } from 'commander';
import { positiveNumber, wholeNumber } from '../arguments.js';
import type { System } from '../connect.js';
import { withExamples } from '../examples.js';
import { notSucceeded } from '../follow.js';
import { LiveView } from '../live.js';
import { messageJson } from '../message-json.js';
import { hintAfterStop, print, printLine, type Shell } from '../shell.js';
import { updates } from '../updates.js';
import { isOver } from './arch-evaluate.js';
import { type Connected, connected, onSystem, WIDTH_SCALE } from './options.js';

interface RetrainOptions extends Connected {
  readonly seed?: number;
  readonly widthScale?: number;
}

type Retraining = messages.Retraining__Output;

export function addRetrain(parent: Command, shell: Shell): void {
  const command = parent
    .command('retrain <search> <code>')
    .description('train an architecture from scratch on the data of a search, and wait for it')
    .option('--seed <number>', "in place of the search's", wholeNumber('seed'))
    .option('--width-scale <number>', WIDTH_SCALE, positiveNumber('width-scale'));
  withExamples(
    connected(command, 'every update as a line of JSON: {"retraining"} or {"progress"}'),
    ['arch retrain ID 0.6.3.-.11,17', 'then ./nse model download ID --retraining RETRAINING'],
    ['arch retrain ID CODE --seed 2', 'the same once more, with other weights to begin with'],
  ).action((search: string, code: string, options: RetrainOptions) =>
    onSystem(shell, options, (system) => retrain(shell, system, { search, code }, options)),
  );
}

async function retrain(
  shell: Shell,
  system: System,
  what: { readonly search: string; readonly code: string },
  options: RetrainOptions,
): Promise<void> {
  const { seed, widthScale, json } = options;
  const request = {
    ...what,
    ...(seed === undefined ? {} : { seed }),
    ...(widthScale === undefined ? {} : { widthScale }),
  };
  const begun = await system.retrainer.startRetraining(request);
  let last: Retraining;
  try {
    last = await followRetraining(shell, system, begun, json === true);
  } finally {
    hintAfterStop(shell, 'It goes on. The same command shows it again.');
  }
  const { failure } = last;
  if (failure !== null || last.state === 'TASK_STATE_FAILED') {
    throw notSucceeded(`the retraining failed: ${failure?.reason ?? 'no reason is known'}`);
  }
  if (json !== true) print(shell, options, undefined, () => retrainingText(last));
}

async function followRetraining(
  shell: Shell,
  { retrainer }: System,
  begun: Retraining,
  json: boolean,
): Promise<Retraining> {
  const { search, id } = begun;
  const view = new LiveView(shell.stdout);
  const open = () => retrainer.watchRetraining({ search, id }, { signal: shell.signal });
  const isLast = ({ retraining }: messages.RetrainingUpdate__Output) =>
    !!retraining && isOver(retraining.state);
  let last = begun;
  for await (const { retraining, progress } of updates(open, isLast, shell.signal)) {
    if (retraining) last = retraining;
    if (json) printLine(shell, messageJson(retraining ? { retraining } : { progress }));
    else if (progress) view.progress(progressOf(progress));
  }
  view.finish();
  return last;
}

const progressOf = ({ stage, step, steps, loss, accuracy }: messages.Progress__Output) => ({
  stage,
  task: '',
  step,
  steps,
  ...(loss === undefined ? {} : { loss }),
  ...(accuracy === undefined ? {} : { accuracy }),
});

function retrainingText({ search, id, code, chosen }: Retraining): string {
  return [
    `retraining ${id} of ${search}: ${code}`,
    ...(chosen === null
      ? []
      : [
          `test accuracy: ${percentText(chosen.testAccuracy, 2)}`,
          `${countText(chosen.macs)} MACs, ${countText(chosen.params)} parameters, trained in ${durationText(chosen.seconds)}`,
        ]),
    `Its files: ./nse model download ${search} --retraining ${id}`,
  ].join('\n');
}
