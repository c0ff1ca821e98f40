import type { Command } from 'commander';
import { positiveNumber, wholeNumber } from '../arguments.js';
import { withExamples } from '../examples.js';
import { exportArchitecture, type ModelFormat } from '../model.js';
import type { Shell } from '../shell.js';
import { FILES_AS_JSON, leaveFiles, withFiles } from './model-output.js';
import { type Connected, connected, onSystem, WIDTH_SCALE } from './options.js';

interface ExportOptions extends Connected {
  readonly out: string;
  readonly format: ModelFormat;
  readonly seed?: number;
  readonly widthScale?: number;
}

const UNTRAINED = 'not trained: fresh weights, to measure the network or to train it elsewhere';

export function addExport(parent: Command, shell: Shell): void {
  const command = withFiles(
    parent
      .command('export <search> <code>')
      .description('an architecture as files with fresh weights, not trained; not as tflite-int8'),
  )
    .option('--seed <number>', "of the weights, in place of the search's", wholeNumber('seed'))
    .option('--width-scale <number>', WIDTH_SCALE, positiveNumber('width-scale'));
  withExamples(
    connected(command, FILES_AS_JSON),
    ['arch export ID 0.6.3.-.11,17 --format onnx', 'model.onnx'],
    ['arch export ID CODE --format pytorch --out net', 'a PyTorch module'],
  ).action((search: string, code: string, options: ExportOptions) =>
    onSystem(shell, options, async ({ retrainer }) => {
      const { format, seed, widthScale } = options;
      const which = {
        search,
        code,
        format,
        ...(seed === undefined ? {} : { seed }),
        ...(widthScale === undefined ? {} : { widthScale }),
      };
      const files = await exportArchitecture(retrainer, which, { signal: shell.signal });
      await leaveFiles(shell, options, files, UNTRAINED);
    }),
  );
}
