import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { NseError } from '@nse/space';
import type { ClusterApi } from './api.js';
import { readyTargets } from './target.js';
import { tunnel } from './tunnel.js';

/**
 * A port of this machine whose connections end in a service's pods. Each new connection takes a pod that is ready then, so that
 * one that connects again after its pod has gone gets to another.
 */
export class Forward {
  private readonly sockets = new Set<Socket>();
  private turn = 0;
  private complaint: string | undefined;

  private constructor(
    private readonly api: ClusterApi,
    private readonly service: string,
    private readonly server: Server,
  ) {
    server.on('connection', (socket) => void this.join(socket));
  }

  /** Raises what `readyTargets` does, before anything listens. */
  static async open(api: ClusterApi, service: string): Promise<Forward> {
    await readyTargets(api, service);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new Forward(api, service, server);
  }

  /** host:port on this machine. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Why no connection comes about; undefined where one did. */
  get trouble(): string | undefined {
    return [...this.sockets].some(carried) ? undefined : this.complaint;
  }

  /** Ends every connection. */
  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async join(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on('close', () => {
      this.sockets.delete(socket);
      if (carried(socket)) this.complaint = undefined;
    });
    // Whoever uses the connection learns of its end, and comes again.
    socket.on('error', () => undefined);
    try {
      await this.tunnelled(socket);
    } catch (error) {
      this.complaint = NseError.from(error).message;
      socket.destroy();
    }
  }

  /** To the next pod in turn; where it is about to go, though the API server does not know it yet, to another one. */
  private async tunnelled(socket: Socket): Promise<void> {
    const targets = await readyTargets(this.api, this.service);
    const first = this.turn++;
    for (let tried = 0; ; tried++) {
      const target = targets[(first + tried) % targets.length] ?? targets[0];
      try {
        await tunnel(this.api.place, target, socket, (words) => {
          this.complaint = `${target.pod}: ${words}`;
        });
        return;
      } catch (error) {
        if (tried + 1 >= targets.length) throw error;
      }
    }
  }
}

/** Whether something came from the pod. */
const carried = ({ bytesWritten }: Socket) => bytesWritten > 0;
