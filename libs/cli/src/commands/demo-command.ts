import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { demo, type DemoOptions } from './demo.js';

const examples = `
Examples:
  ./nse demo                         a whole search on Fashion-MNIST
  ./nse demo --quick                 every stage in a few minutes, too short to find much
  ./nse demo --seed 2 --out runs/b   another seed, results in runs/b
  ./nse demo --method nse-single     one operation in a cell at most`;

export function addDemo(parent: Command, signal: AbortSignal): void {
  parent
    .command('demo')
    .description('run a whole search on real images on this machine, then retrain what it found')
    .option('--quick', 'fewer rounds, steps and architectures')
    .option('--out <folder>', 'where the results go (default: a new folder under runs/)')
    .option('--seed <number>', 'what all randomness follows from', wholeNumber('seed'))
    .option('--rounds <number>', 'how many rounds', wholeNumber('rounds'))
    .option('--method <name>', 'nse or nse-single')
    .option('--dataset <name>', 'fashion-mnist, mnist or cifar10')
    .option('--data <folder>', "your own files in the data set's standard format")
    .addHelpText('after', examples)
    .action((options: DemoOptions) => demo(options, signal));
}
