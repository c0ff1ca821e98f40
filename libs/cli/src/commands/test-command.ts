import { NseError } from '@nse/space';
import type { Command } from 'commander';
import { withExamples } from '../examples.js';

/** For the help alone: the launcher runs the tests itself, before it comes here. */
export function addTest(parent: Command): void {
  const command = parent
    .command('test [options...]')
    .description('set up and run lint, type check and all tests that need no cluster')
    .allowUnknownOption();
  withExamples(
    command,
    ['test', 'ends with "N passed, N failed"'],
    ['test --projects=@nse/space', 'further options go to nx'],
  ).action(() => {
    throw new NseError('INVALID_ARGUMENT', 'the launcher runs the tests: ./nse test');
  });
}
