// secure-here.mjs CERTIFICATES [tokens|accounts]: runs secure.mjs against a nats-server and a space-manager here that have the
// settings of the overlay `secure`. With a second word that part is left open: a hole that secure.mjs must find.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { secureNats } from './secure-nats.mjs';

const certificates = path.resolve(process.argv[2] ?? '.');
const hole = process.argv[3];
const root = path.resolve(import.meta.dirname, '../..');
const pem = (name) => path.join(certificates, name);
const folder = mkdtempSync(path.join(tmpdir(), 'nse-secure-here-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const tokens = path.join(folder, 'tokens.json');
writeFileSync(tokens, '{"tokens":[]}');

const nats = await secureNats(certificates, { open: hole === 'accounts' });
const files = { CA: pem('ca.crt'), CERT: pem('space-manager.crt'), KEY: pem('space-manager.key') };
const named = (prefix) =>
  Object.fromEntries(Object.entries(files).map(([part, file]) => [prefix + part, file]));
const service = spawn(process.execPath, [path.join(root, 'services/space-manager/dist/main.js')], {
  env: {
    ...process.env,
    ...named('NSE_NATS_'),
    ...named('NSE_TLS_'),
    NSE_NATS_URL: nats,
    NSE_GRPC_ADDRESS: '127.0.0.1:0',
    ...(hole === 'tokens'
      ? {}
      : { NSE_TOKENS: tokens, NSE_TRUSTED_CERTIFICATES: 'search-controller=editor' }),
  },
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
process.on('exit', () => service.kill('SIGKILL'));
const [{ address }] = await once(service, 'message');
const checks = [path.join(root, 'test/cluster/secure.mjs'), address, nats, certificates, '--file', tokens];
const [code] = await once(spawn(process.execPath, checks, { stdio: 'inherit' }), 'exit');
process.exit(code ?? 1);
