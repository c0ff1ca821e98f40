import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, connectBus } from './bus.js';
import { findNatsServer } from './nats-server.js';
import { emptyPortsFolder, portSaidIn } from './ports-file.js';

const folder = mkdtempSync(join(tmpdir(), 'nse-nats-tls-'));
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority with a certificate for localhost, for server and client alike: NAME.ca, NAME.crt and NAME.key. */
function authority(name: string): void {
  const ca = ['-keyout', `${name}-ca.key`, '-out', `${name}.ca`, '-subj', `/CN=${name}`, '-days', '1'];
  openssl('req', '-x509', ...curve, ...ca);
  openssl('req', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/O=nse/CN=${name}`);
  writeFileSync(join(folder, `${name}.ext`), 'subjectAltName=DNS:localhost');
  const by = ['-CA', `${name}.ca`, '-CAkey', `${name}-ca.key`, '-CAcreateserial', '-extfile', `${name}.ext`];
  openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.crt`, '-days', '1');
}

const used = (part: string) => join(folder, 'used', `tls.${part}`);
function use(name: string): void {
  for (const part of ['ca', 'crt', 'key']) copyFileSync(join(folder, `${name}.${part}`), used(part));
}
const files = { ca: used('ca'), cert: used('crt'), key: used('key') };

let port: number;
let nats: ChildProcess;
let said = '';

function configure(port: number, portsDir: string): void {
  writeFileSync(
    join(folder, 'nats.conf'),
    `host: 127.0.0.1
    port: ${port}
    ports_file_dir: ${JSON.stringify(portsDir)}
    jetstream { store_dir: ${JSON.stringify(join(folder, 'data'))} }
    tls { cert_file: "${files.cert}", key_file: "${files.key}", ca_file: "${files.ca}", verify: true, timeout: 20 }
    `,
  );
}
function startServer(): void {
  nats = spawn(findNatsServer(), ['-c', join(folder, 'nats.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  nats.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
}
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(10);
}

async function stopServer(): Promise<void> {
  nats.kill('SIGTERM');
  await once(nats, 'exit');
}
const connected = (patienceMs = 60_000): Promise<Bus> =>
  connectBus({ url: `nats://localhost:${port}`, name: 'tests', tls: files, patienceMs });

beforeAll(async () => {
  mkdirSync(join(folder, 'used'));
  authority('first');
  authority('second');
  use('first');
  const portsDir = emptyPortsFolder(join(folder, 'ports'));
  configure(-1, portsDir);
  startServer();
  port = await portSaidIn(portsDir, AbortSignal.timeout(20_000));
  configure(port, portsDir);
});
afterAll(async () => {
  await stopServer();
  rmSync(folder, { recursive: true });
});

describe('certificates that are renewed', () => {
  it('are taken up by the server at a signal, while connections go on, and by a client when it connects again', async () => {
    const bus = await connected();
    const states = await bus.states('ROTATION', (value) => value);
    await states.create('a', 1);

    use('second');
    said = '';
    nats.kill('SIGHUP');
    await until(() => said.includes('Reloaded server configuration'));
    // The connection from before, and one that is new.
    expect(await states.get('a')).toMatchObject({ value: 1 });
    const other = await connected();
    await other.close();

    await stopServer();
    startServer();
    expect(await states.get('a')).toMatchObject({ value: 1 });
    await bus.close();
  });

  it('must be there at the start', async () => {
    const missing = { ...files, key: join(folder, 'none.key') };
    const connecting = connectBus({ url: `nats://localhost:${port}`, name: 'tests', tls: missing });
    await expect(connecting).rejects.toThrow('none.key');
  });
});
