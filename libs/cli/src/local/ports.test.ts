import { createServer } from 'node:net';
import { once } from 'node:events';
import { freePorts } from './ports.js';

describe('free ports', () => {
  it('are distinct and can be listened on', async () => {
    const ports = await freePorts(6);
    expect(new Set(ports).size).toBe(6);
    for (const port of ports) {
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
    }
  });
});
