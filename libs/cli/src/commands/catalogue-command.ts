import { operationName, type Pool, poolNamed, POOLS } from '@nse/space';
import { presetNamed, presets, type SpecInput } from '@nse/spec';
import type { Command } from 'commander';
import { Document, isSeq, visit } from 'yaml';
import { columns } from '../columns.js';
import { withExamples } from '../examples.js';
import { type Output, print, type Shell } from '../shell.js';
import { withJson } from './options.js';

/** `nse presets`: known without a system. */
export function addPresets(parent: Command, shell: Shell): void {
  const command = parent
    .command('presets [name]')
    .description('the specs that come with nse; with a name, its YAML');
  withExamples(
    withJson(command),
    ['presets', 'their names and what they search'],
    ['presets cifar10 > spec.yaml', 'a spec to begin with'],
  ).action((name: string | undefined, options: Output) => {
    if (name !== undefined) {
      const spec = presetNamed(name);
      print(shell, options, { name, spec }, () => yamlOf(spec));
      return;
    }
    const all = Object.entries<SpecInput>(presets).map(([key, spec]) => ({ name: key, spec }));
    print(shell, options, all, () => presetTable(all));
  });
}

/** YAML with each list on one line. */
function yamlOf(spec: SpecInput): string {
  const document = new Document(spec);
  visit(document, (_, node) => {
    if (isSeq(node)) node.flow = true;
  });
  return document.toString({ flowCollectionPadding: false }).trimEnd();
}

function presetTable(all: readonly { readonly name: string; readonly spec: SpecInput }[]): string {
  return columns(
    ['NAME', 'DATASET', 'POOL', 'METHOD'],
    all.map(({ name, spec }) => [name, spec.dataset.kind, spec.pool ?? '', spec.method ?? '']),
  );
}

/** `nse pools`: known without a system. */
export function addPools(parent: Command, shell: Shell): void {
  const command = parent
    .command('pools [name]')
    .description('the operation pools; with a name, its operations by their index in codes');
  withExamples(
    withJson(command),
    ['pools', 'names and sizes'],
    ['pools mac27', 'what index 11 in a code stands for'],
  ).action((name: string | undefined, options: Output) => {
    if (name !== undefined) {
      const pool = poolJson(poolNamed(name));
      print(shell, options, pool, () => operationTable(pool.operations));
      return;
    }
    const all = Object.values(POOLS).map(poolJson);
    print(shell, options, all, () =>
      columns(
        ['NAME', 'OPERATIONS'],
        all.map((pool) => [pool.name, String(pool.operations.length)]),
      ),
    );
  });
}

const poolJson = ({ name, operations }: Pool) => ({ name, operations: operations.map(operationName) });

function operationTable(operations: readonly string[]): string {
  const rows = operations.map((operation, index) => [String(index), operation]);
  return columns(['INDEX', 'OPERATION'], rows, ['INDEX']);
}
