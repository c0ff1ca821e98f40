import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { emptyPortsFolder, portSaidIn } from './ports-file.js';

let folder: string;
const never = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nse-ports-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the port that a nats-server has been given', () => {
  it('is read once its file is whole', async () => {
    const file = join(folder, 'nats-server_1.ports');
    let read: number | undefined;
    const reading = portSaidIn(folder, never).then((port) => (read = port));
    writeFileSync(file, '{"nats":["nats://127.');
    await delay(100);
    expect(read).toBeUndefined();
    writeFileSync(file, '{"nats":["nats://127.0.0.1:36651"]}');
    await reading;
    expect(read).toBe(36651);
  });

  it('is not that of a server before it', async () => {
    writeFileSync(join(folder, 'nats-server_1.ports'), '{"nats":["nats://127.0.0.1:36651"]}');
    const waiting = portSaidIn(emptyPortsFolder(folder), AbortSignal.timeout(100));
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
