import type { Command } from 'commander';
import { METHOD_NAMES } from '@nse/report';
import { positiveNumber, wholeNumber } from '../arguments.js';
import { withExamples } from '../examples.js';
import type { Output, Shell } from '../shell.js';
import { demo } from './demo.js';
import type { DemoOptions } from './demo-options.js';
import { withJson } from './options.js';

export function addDemo(parent: Command, shell: Shell): void {
  const command = parent
    .command('demo')
    .description('run a whole search on real images on this machine, then retrain what it found')
    .option('--quick', 'fewer rounds, steps and architectures')
    .option('--out <folder>', 'where the results go (default: a new folder under runs/)')
    .option('--seed <number>', 'what all randomness follows from', wholeNumber('seed'))
    .option('--rounds <number>', 'how many rounds', wholeNumber('rounds'))
    .option('--method <name>', `${METHOD_NAMES.slice(0, -1).join(', ')} or ${METHOD_NAMES.at(-1) ?? ''}`)
    .option('--dataset <name>', 'fashion-mnist, mnist or cifar10')
    .option('--latency <device>', 'bound the latency on this device in place of MACs: host is this machine')
    .option(
      '--target-ms <number>',
      "with --latency: the target (default: what random architectures of the preset's MACs take)",
      positiveNumber('target-ms'),
    )
    .option('--data <folder>', "your own files in the data set's standard format");
  withExamples(
    withJson(command, 'what came of it as JSON; progress goes to standard error'),
    ['demo', 'a whole search on Fashion-MNIST'],
    ['demo --quick', 'every stage in a few minutes'],
    ['demo --seed 2 --out runs/b', 'another seed, results in runs/b'],
    ['demo --latency host', 'under a latency budget that is measured on this machine'],
    ['demo --method nse-single', 'one operation in a cell at most'],
    ['demo --method spos', 'one supernet of the whole pool, then evolution'],
  ).action((options: DemoOptions & Output) => {
    shell.requireNoCluster('nse demo');
    return demo(shell, options);
  });
}
