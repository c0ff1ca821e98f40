import { NseError } from '@nse/space';

/** Cores as the kernel writes them, such as `0-3,6`, ascending, without repeats. Raises INVALID_ARGUMENT for anything else. */
export function parseCoreList(text: string): number[] {
  const cores = text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [, first, last] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part.trim()) ?? [];
      if (first === undefined) throw new NseError('INVALID_ARGUMENT', `no list of cores: ${text}`);
      const from = Number(first);
      return Array.from({ length: Number(last ?? first) - from + 1 }, (_, index) => from + index);
    });
  return [...new Set(cores)].sort((a, b) => a - b);
}

/** Cores as `taskset -c` takes them: `0,1,4`. */
export function coreList(cores: readonly number[]): string {
  return cores.join(',');
}

/** Cores as `taskset` without options takes them on Android: a hexadecimal mask without a prefix. */
export function coreMask(cores: readonly number[]): string {
  return cores.reduce((mask, core) => mask | (1n << BigInt(core)), 0n).toString(16);
}

/** Raises INVALID_ARGUMENT, field `pinned`, where a core is not one of `cores`, from 0, or is named twice. */
export function checkPinned(pinned: readonly number[], cores: number): void {
  const known = pinned.every((core) => Number.isInteger(core) && core >= 0 && core < cores);
  if (known && new Set(pinned).size === pinned.length) return;
  throw new NseError(
    'INVALID_ARGUMENT',
    `cores to stay on must be different ones of 0 to ${cores - 1}, not ${pinned.join(', ')}`,
    { field: 'pinned' },
  );
}
