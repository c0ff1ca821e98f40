import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { openConnection } from './connection.js';

let server: Server | undefined;

afterEach(
  () => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))),
);

/** A server that does so with each connection; how many there were, and where it is. */
async function serving(
  each: (socket: Socket) => void,
): Promise<{ readonly url: string; readonly count: () => number }> {
  let count = 0;
  const listening = createServer((socket) => {
    count++;
    socket.on('error', () => undefined);
    each(socket);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return { url: `nats://127.0.0.1:${port}`, count: () => count };
}

describe('openConnection', () => {
  const away = { code: 'UNAVAILABLE', retryable: true };

  it.each<[string, (socket: Socket) => void]>([
    ['resets it', (socket) => socket.resetAndDestroy()],
    ['ends it', (socket) => socket.end()],
    [
      'breaks off before it is secure',
      (socket) => {
        socket.write(
          'INFO {"server_id":"x","version":"2.11.0","max_payload":1048576,"tls_required":true}\r\n',
        );
        setTimeout(() => socket.destroy(), 20);
      },
    ],
  ])('tries again where the server %s, and then may be tried again later', async (_, each) => {
    const { url, count } = await serving(each);
    await expect(openConnection(url, 'tests', undefined, 400)).rejects.toMatchObject(away);
    expect(count()).toBeGreaterThan(1);
  });

  it('may be tried again where the server has no address', async () => {
    const connecting = openConnection('nats://no-such-host.invalid:4222', 'tests', undefined, 200);
    await expect(connecting).rejects.toMatchObject(away);
  });
});
