import { createHash } from 'node:crypto';
import { NseError } from '@nse/space';
import type { Command } from 'commander';
import { withExamples } from '../examples.js';
import { downloadModel, writeFiles } from '../model.js';
import { print, type Shell } from '../shell.js';
import { type Connected, connected, onSystem } from './options.js';

interface DownloadOptions extends Connected {
  readonly out: string;
  readonly random?: boolean;
  readonly retraining?: string;
}

export function addModel(parent: Command, shell: Shell): void {
  const model = withExamples(parent.command('model').description('the trained models of a search'), [
    'model download ID --out model',
    'the files of the chosen one',
  ]);
  const command = model
    .command('download <search>')
    .description('architecture.json and model.safetensors of a trained architecture')
    .option('--out <folder>', 'where to', '.')
    .option('--random', 'the random architecture that the chosen one was compared with')
    .option('--retraining <id>', 'what ./nse arch retrain trained');
  withExamples(
    connected(command, 'the files as JSON: name, path, bytes, sha256'),
    ['model download ID --out model', 'the chosen architecture'],
    ['model download ID --retraining RETRAINING', 'one that was asked for'],
  ).action((id: string, options: DownloadOptions) => download(shell, id, options));
}

async function download(shell: Shell, id: string, options: DownloadOptions): Promise<void> {
  const { random = false, retraining, out } = options;
  if (random && retraining !== undefined) {
    throw new NseError('INVALID_ARGUMENT', 'give at most one of --random and --retraining');
  }
  await onSystem(shell, options, async ({ retrainer }) => {
    const which = retraining === undefined ? { random } : { retraining };
    const files = await downloadModel(retrainer, id, { ...which, signal: shell.signal });
    shell.signal.throwIfAborted();
    const paths = await writeFiles(out, files);
    const told = [...files].map(([name, content], index) => ({
      name,
      path: paths[index],
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    }));
    print(shell, options, told, () => paths.join('\n'));
  });
}
