import { NseError } from '@nse/space';
import type { Command } from 'commander';
import { withExamples } from '../examples.js';
import { downloadModel, type ModelFormat } from '../model.js';
import type { Shell } from '../shell.js';
import { FILES_AS_JSON, leaveFiles, withFiles } from './model-output.js';
import { type Connected, connected, onSystem } from './options.js';

interface DownloadOptions extends Connected {
  readonly out: string;
  readonly format: ModelFormat;
  readonly random?: boolean;
  readonly retraining?: string;
}

export function addModel(parent: Command, shell: Shell): void {
  const model = withExamples(parent.command('model').description('the trained models of a search'), [
    'model download ID --out model',
    'the files of the chosen one',
  ]);
  const command = withFiles(
    model
      .command('download <search>')
      .description(
        'a trained architecture as files: weights as they are stored, or what other runtimes read',
      ),
  )
    .option('--random', 'the random architecture that the chosen one was compared with')
    .option('--retraining <id>', 'what ./nse arch retrain trained');
  withExamples(
    connected(command, FILES_AS_JSON),
    ['model download ID --out model', 'the chosen architecture'],
    ['model download ID --format onnx', 'model.onnx'],
    ['model download ID --retraining RETRAINING', 'one that was asked for'],
  ).action((id: string, options: DownloadOptions) => download(shell, id, options));
}

async function download(shell: Shell, id: string, options: DownloadOptions): Promise<void> {
  const { random = false, retraining, format } = options;
  if (random && retraining !== undefined) {
    throw new NseError('INVALID_ARGUMENT', 'give at most one of --random and --retraining');
  }
  await onSystem(shell, options, async ({ retrainer }) => {
    const which = retraining === undefined ? { random } : { retraining };
    const files = await downloadModel(retrainer, id, { ...which, format, signal: shell.signal });
    await leaveFiles(shell, options, files);
  });
}
