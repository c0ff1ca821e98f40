import { requestId } from '@nse/service';

/** The id of what is asked for, a function of the facts alone, in whatever order their keys were written. */
export const factsId = (facts: unknown): string => requestId(ordered(facts));

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, ordered(part)]));
}
