import { createHash } from 'node:crypto';
import { type Command, Option } from 'commander';
import { modelFormats, writeFiles } from '../model.js';
import type { Output } from '../shell.js';
import { print, type Shell } from '../shell.js';

/** Adds `--format` and `--out`. */
export function withFiles(command: Command): Command {
  const format = new Option('--format <format>', 'what runs the network elsewhere; see docs/models.md')
    .choices(modelFormats)
    .default('safetensors');
  return command.addOption(format).option('--out <folder>', 'where to', '.');
}

/** What `--json` means for a command that leaves files. */
export const FILES_AS_JSON = 'the files as JSON: name, path, bytes, sha256';

/** Writes the files of a network and tells where they are. */
export async function leaveFiles(
  shell: Shell,
  options: Output & { readonly out: string },
  files: ReadonlyMap<string, Buffer>,
  note?: string,
): Promise<void> {
  shell.signal.throwIfAborted();
  const paths = await writeFiles(options.out, files);
  const told = [...files].map(([name, content], index) => ({
    name,
    path: paths[index],
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  print(shell, options, told, () => [...paths, ...(note === undefined ? [] : [note])].join('\n'));
}
