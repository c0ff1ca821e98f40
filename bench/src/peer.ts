import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { NseError } from '@nse/space';

/** Where the Python files of the PyTorch peer lie. */
export const PEER_FOLDER = join(__dirname, '..', 'peer');

/**
 * Sets up the Python environment of the PyTorch peer in the cache, where it is missing (0.6 GB of download), and returns
 * its interpreter. Throws FAILED_PRECONDITION when that fails.
 */
export async function preparePeer(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const cache = env['NSE_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nse');
  const folder = join(cache, 'bench-venv');
  await mkdir(cache, { recursive: true });
  const install = spawn('python3', [join(PEER_FOLDER, 'install.py'), folder], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(install, 'exit')) as [number | null];
  if (code === 0) return join(folder, 'bin', 'python');
  throw new NseError('FAILED_PRECONDITION', 'the PyTorch peer could not be set up; see above');
}
