// A nats-server here with the settings of the overlay `secure`.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { emptyPortsFolder, findNatsServer, portSaidIn } from '@nse/messaging';

/**
 * Starts it with the certificates of a folder; it ends with this process. Where it is `open`, who has a certificate may do
 * everything, as in the base. Returns its URL.
 */
export async function secureNats(certificates, { open = false } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nse-secure-nats-'));
  const portsDir = emptyPortsFolder(path.join(folder, 'ports'));
  const server = spawn(findNatsServer(), ['-c', settings(folder, certificates, portsDir, open)], {
    env: { ...process.env, POD_NAME: 'nats-0' },
    stdio: 'ignore',
  });
  process.on('exit', () => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return `nats://127.0.0.1:${await portSaidIn(portsDir, AbortSignal.timeout(20_000))}`;
}

/** The overlay's files with paths and ports of this machine. */
function settings(folder, certificates, portsDir, open) {
  const k8s = path.resolve(import.meta.dirname, '../../k8s');
  const pem = (name) => path.join(certificates, name);
  const here = (text) =>
    text
      .replace(/^port: .*$/m, `host: 127.0.0.1\nport: -1\nports_file_dir: ${JSON.stringify(portsDir)}`)
      .replace(/^http: .*$/m, '')
      .replace('store_dir: /data', `store_dir: ${JSON.stringify(path.join(folder, 'data'))}`)
      .replace('/tls/tls.crt', pem('nats.crt'))
      .replace('/tls/tls.key', pem('nats.key'))
      .replace('/tls/ca.crt', pem('ca.crt'));
  const copy = (from, to) =>
    writeFileSync(path.join(folder, to), here(readFileSync(path.join(k8s, from), 'utf8')));
  mkdirSync(path.join(folder, 'listeners'));
  copy('base/nats.conf', 'nats.conf');
  copy('base/nats-cluster.conf', 'listeners/cluster.conf');
  copy(open ? 'base/nats-tls.conf' : 'components/secure/tls.conf', 'listeners/tls.conf');
  copy('components/secure/accounts.conf', 'listeners/accounts.conf');
  return path.join(folder, 'nats.conf');
}
