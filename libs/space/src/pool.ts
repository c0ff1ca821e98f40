import { NseError } from './error.js';
import type { Operation, Pool } from './operation.js';

const mbConv = (
  kernel: number,
  expansion: number,
  dilation = 1,
  groups: readonly [number, number] = [1, 1],
): Operation => ({ kind: 'MBConv', kernel, expansion, dilation, groups });

const plain = (kind: 'Rectangular' | 'Conv' | 'DualConv', kernel: number, expansion: number): Operation => ({
  kind,
  kernel,
  expansion,
});

const rectangular = [5, 7].flatMap((kernel) => [1, 2, 4].map((t) => plain('Rectangular', kernel, t)));

const mac27: readonly Operation[] = [
  ...[1, 3, 6].flatMap((t) => [1, 2, 3].map((dilation) => mbConv(3, t, dilation))),
  ...[5, 7, 9, 11].flatMap((kernel) => [1, 3, 6].map((t) => mbConv(kernel, t))),
  ...rectangular,
];

const GROUPS: readonly (readonly [number, number])[] = [
  [1, 2],
  [2, 1],
  [2, 2],
];

const grouped = [3, 5, 7, 9, 11].flatMap((kernel) =>
  [1, 3, 6].flatMap((t) => GROUPS.map((groups) => mbConv(kernel, t, 1, groups))),
);

const gpu19: readonly Operation[] = [
  ...[3, 5, 7].flatMap((kernel) => [1, 3, 6].map((t) => mbConv(kernel, t))),
  ...[1, 2].map((t) => plain('Conv', 3, t)),
  ...[1, 2].map((t) => plain('DualConv', 3, t)),
  ...rectangular,
];

/** The pools of the paper. The order is part of published architecture codes: it never changes. */
export const POOLS: Readonly<Record<'mac27' | 'mac72' | 'gpu19', Pool>> = {
  mac27: { name: 'mac27', operations: mac27 },
  mac72: { name: 'mac72', operations: [...mac27, ...grouped] },
  gpu19: { name: 'gpu19', operations: gpu19 },
};

/** The pool of that name. Throws NOT_FOUND, naming the pools that there are. */
export function poolNamed(name: string): Pool {
  const pool = Object.values(POOLS).find((candidate) => candidate.name === name);
  if (pool !== undefined) return pool;
  const known = Object.keys(POOLS).join(', ');
  throw new NseError('NOT_FOUND', `there is no pool "${name}"; there are ${known}`, { field: 'pool' });
}

/** The operation at that index of the pool. Throws NOT_FOUND. */
export function operationAt(pool: Pool, index: number): Operation {
  const operation = pool.operations[index];
  if (operation !== undefined) return operation;
  const last = pool.operations.length - 1;
  throw new NseError('NOT_FOUND', `pool ${pool.name} has operations 0 to ${last}, not ${index}`);
}

/**
 * A short name for people, unique within a pool: `MBConv k5 t3`, `MBConv k3 t1 d2`, `MBConv k3 t6 g(1,2)`.
 */
export function operationName(operation: Operation): string {
  const parts = [operation.kind, `k${operation.kernel}`, `t${operation.expansion}`];
  if (operation.kind === 'MBConv') {
    const [first, last] = operation.groups;
    if (operation.dilation !== 1) parts.push(`d${operation.dilation}`);
    if (first !== 1 || last !== 1) parts.push(`g(${first},${last})`);
  }
  if (operation.squeezeExcitation === true) parts.push('se');
  if (operation.activation === 'swish') parts.push('swish');
  return parts.join(' ');
}
