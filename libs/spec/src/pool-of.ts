import { isDeepStrictEqual } from 'node:util';
import { NseError, operationName, type Pool, poolNamed, type Violation } from '@nse/space';
import { type OperationInput } from './operation.js';
import { type SpecDraft } from './schema.js';
import { type SearchSpec } from './spec.js';

/** What of a spec says which operations there are. */
export type PoolChoice = Pick<SearchSpec, 'pool' | 'onlyOperations' | 'addOperations'>;

/** The choice as it is said somewhere: what is absent may be there as undefined. */
type Said = { readonly [Key in keyof PoolChoice]: PoolChoice[Key] | undefined } & Pick<PoolChoice, 'pool'>;

/** That part of a spec, without what it does not say. */
export function poolChoiceOf({ pool, onlyOperations, addOperations }: Said): PoolChoice {
  return {
    pool,
    ...(onlyOperations === undefined ? {} : { onlyOperations }),
    ...(addOperations === undefined ? {} : { addOperations }),
  };
}

/**
 * The operation pool of a spec: the named one, or what is chosen from it, and the user's own operations behind. Places in it are
 * what architecture codes are made of. The name says both: `mac27`, `mac27[9]` for nine of it, `mac27+2` with two more.
 * Raises NOT_FOUND for an unknown name, INVALID_ARGUMENT for a place that the named pool does not have.
 */
export function poolOf({ pool, onlyOperations, addOperations = [] }: PoolChoice): Pool {
  const named = poolNamed(pool);
  if (onlyOperations === undefined && addOperations.length === 0) return named;
  const chosen =
    onlyOperations?.map((place, index) => {
      const operation = named.operations[place];
      if (operation !== undefined) return operation;
      throw NseError.invalid([
        { field: `onlyOperations[${index}]`, description: outside(place, named.operations.length) },
      ]);
    }) ?? named.operations;
  const part = onlyOperations === undefined ? '' : `[${chosen.length}]`;
  const more = addOperations.length === 0 ? '' : `+${addOperations.length}`;
  return { name: `${pool}${part}${more}`, operations: [...chosen, ...addOperations] };
}

/** What is wrong with the choice: places that are not there or come twice, operations that are not new or say what they cannot have. */
export function poolViolations(spec: PoolChoice, draft: Pick<SpecDraft, 'addOperations'>): Violation[] {
  const places = placeViolations(spec);
  if (places.length > 0) return places;
  return [...grammarViolations(draft), ...equalViolations(spec)];
}

function placeViolations({ pool, onlyOperations = [] }: PoolChoice): Violation[] {
  const size = poolNamed(pool).operations.length;
  return onlyOperations.flatMap((place, index) => {
    const field = `onlyOperations[${index}]`;
    if (place >= size) return [{ field, description: outside(place, size) }];
    const first = onlyOperations.indexOf(place);
    return first === index ? [] : [{ field, description: `got ${place}, as onlyOperations[${first}] has` }];
  });
}

const outside = (place: number, size: number) => `got ${place}; needs a place in the pool, 0 to ${size - 1}`;

/** Equal operations would share nothing and be tried twice. */
function equalViolations({ addOperations = [], ...rest }: PoolChoice): Violation[] {
  const { name, operations } = poolOf(rest);
  return addOperations.flatMap((added, index) => {
    const known = operations.findIndex((operation) => isDeepStrictEqual(operation, added));
    const before = addOperations.findIndex((operation) => isDeepStrictEqual(operation, added));
    const field = `addOperations[${index}]`;
    const what = operationName(added);
    if (known >= 0)
      return [{ field, description: `got ${what}, which is operation ${known} of pool ${name}` }];
    return before === index ? [] : [{ field, description: `got ${what}, as addOperations[${before}] has` }];
  });
}

function grammarViolations({ addOperations = [] }: Pick<SpecDraft, 'addOperations'>): Violation[] {
  return addOperations.flatMap((written, index) => optionViolations(written, `addOperations[${index}]`));
}

/** What an operation says that its kind does not have. */
export function optionViolations({ kind, ...written }: OperationInput, field: string): Violation[] {
  if (kind === 'MBConv') return [];
  return (['dilation', 'groups'] as const)
    .filter((key) => written[key] !== undefined)
    .map((key) => ({
      field: `${field}.${key}`,
      description: `got ${JSON.stringify(written[key])}; only MBConv has it, and kind is ${kind}`,
    }));
}
