import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { NseError } from '@nse/space';
import { parseText } from '@nse/spec';

/**
 * The value of a YAML or JSON file that a command names; `-` is standard input. Raises INVALID_ARGUMENT where it cannot be
 * read or is neither.
 */
export async function readInput(file: string): Promise<unknown> {
  return parseText(await contentOf(file));
}

async function contentOf(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NseError('INVALID_ARGUMENT', `${file} cannot be read: ${why}`, { cause });
  }
}
