import { NseError } from '@nse/space';

/** An argument as a shell takes it whole. Raises INVALID_ARGUMENT for what is not printable ASCII, which no path or flag of ours holds. */
export function quoted(argument: string): string {
  if (!/^[\x20-\x7e]*$/.test(argument))
    throw new NseError('INVALID_ARGUMENT', `cannot be given to a shell: ${JSON.stringify(argument)}`);
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
