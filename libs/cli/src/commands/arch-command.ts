import { unitOf } from '@nse/spec';
import type { Command } from 'commander';
import { positiveNumber } from '../arguments.js';
import { architectureText } from '../architecture-text.js';
import { withExamples } from '../examples.js';
import { messageJson } from '../message-json.js';
import { specOf } from '../report-data.js';
import { print, type Shell } from '../shell.js';
import { addEvaluate } from './arch-evaluate.js';
import { addExport } from './arch-export.js';
import { addRetrain } from './arch-retrain.js';
import { type Connected, connected, onSystem, WIDTH_SCALE } from './options.js';

/** `nse arch`: single architectures, by their code, for the network of a search. */
export function addArch(parent: Command, shell: Shell): void {
  const arch = withExamples(
    parent.command('arch').description('describe, score, retrain and export architectures of a search'),
    ['arch describe ID 0.6.3.-.11,17', 'what a code stands for'],
  );
  addDescribe(arch, shell);
  addEvaluate(arch, shell);
  addRetrain(arch, shell);
  addExport(arch, shell);
}

interface DescribeOptions extends Connected {
  readonly layers?: boolean;
  readonly widthScale?: number;
}

function addDescribe(parent: Command, shell: Shell): void {
  const command = parent
    .command('describe <search> <code>')
    .description('cells, multiply-accumulates, parameters and cost of an architecture')
    .option('--layers', 'every convolution, too')
    .option('--width-scale <number>', WIDTH_SCALE, positiveNumber('width-scale'));
  withExamples(
    connected(command),
    ['arch describe ID 0.6.3.-.11,17', 'cell by cell'],
    ['arch describe ID CODE --layers', 'layer by layer'],
    ["arch describe ID CODE --json | jq '.macs'", 'for programs'],
  ).action((search: string, code: string, options: DescribeOptions) =>
    onSystem(shell, options, async ({ spaceManager }) => {
      const { widthScale } = options;
      const widths = widthScale === undefined ? {} : { widthScale };
      const described = await spaceManager.describeArchitecture({ search, code, ...widths });
      const unit = unitOf(specOf(await spaceManager.getSearch({ search })).constraint);
      print(shell, options, messageJson(described), () => architectureText(described, unit, options.layers));
    }),
  );
}
