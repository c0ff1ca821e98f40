import type { messages } from '@nse/rpc';

const MOST_NAMED = 3;

/** Operations in few words: `MBConv k13 t1 (27), Conv k5 t1 (28)`, or `45 operations (27 to 71)` where their places follow each other. */
export function operationsText(operations: readonly messages.PoolOperation__Output[]): string {
  const [first, last] = [operations[0], operations.at(-1)];
  if (first === undefined || last === undefined) return 'no operation';
  if (operations.length <= MOST_NAMED)
    return operations.map(({ index, name }) => `${name} (${index})`).join(', ');
  const follow = operations.every(({ index }, place) => index === first.index + place);
  return `${operations.length} operations${follow ? ` (${first.index} to ${last.index})` : ''}`;
}
