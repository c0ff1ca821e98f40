import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** A pod, as far as it matters here. */
export interface StandInPod {
  readonly name: string;
  readonly uid?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Where its port ends on this machine; none answers with an error, as kubelet does. */
  readonly backend?: number;
  readonly ready?: boolean;
  readonly status?: Readonly<Record<string, unknown>>;
  /** Lines as the cluster stores them: a time, a space, the text. */
  log?: string[];
}

const context = 'tests';

/** Stands in for the API server of a namespace `nse`: services, pods, Secrets, logs, and port forwarding by WebSocket. */
export class StandInCluster {
  readonly services = new Map<string, Readonly<Record<string, string>>>();
  readonly pods = new Map<string, StandInPod>();
  readonly secrets = new Map<string, Readonly<Record<string, string>>>();
  /** What is answered with 403, such as `get secrets`. */
  readonly forbidden = new Set<string>();
  /** Every call: its verb and path. */
  readonly calls: string[] = [];
  /** Plays a server that takes calls and does not answer. */
  silent = false;
  private readonly folder = mkdtempSync(join(tmpdir(), 'nse-stand-in-'));
  private readonly tunnels = new Map<WebSocket, string>();
  private readonly followers = new Map<ServerResponse, string>();
  private readonly upgrades = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('v4.channel.k8s.io') ? 'v4.channel.k8s.io' : false),
  });

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.answer(request, response);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.upgrade(request, socket, head);
    });
    writeFileSync(this.kubeconfig, JSON.stringify(kubeconfigOf((server.address() as AddressInfo).port)));
  }

  static async start(): Promise<StandInCluster> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new StandInCluster(server);
  }

  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  /** The pod's end: it goes from the API and takes its connections with it. */
  remove(name: string): void {
    this.pods.delete(name);
    for (const [webSocket, pod] of this.tunnels) if (pod === name) webSocket.terminate();
    for (const [response, followed] of this.followers) if (followed === name) response.end();
  }

  /** A new line in a pod's log, for who follows it. */
  log(name: string, line: string): void {
    const pod = this.pods.get(name);
    if (pod) pod.log = [...(pod.log ?? []), line];
    for (const [response, followed] of this.followers) if (followed === name) response.write(`${line}\n`);
  }

  /** Breaks every stream of logs, as a restart of the API server does. */
  breakLogs(): void {
    for (const response of this.followers.keys()) response.destroy();
  }

  async stop(): Promise<void> {
    for (const webSocket of this.tunnels.keys()) webSocket.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, 'http://stand-in');
    const [, kind = '', name, part] =
      /^\/api\/v1\/namespaces\/nse\/([a-z]+)(?:\/([^/]+)(?:\/([a-z]+))?)?$/.exec(pathname) ?? [];
    const resource = part === undefined ? kind : `${kind}/${part}`;
    const verb = name === undefined ? 'list' : 'get';
    this.calls.push(`${verb} ${resource}${name === undefined ? '' : ` ${name}`}`);
    if (this.silent) return;
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (this.forbidden.has(`${verb} ${resource}`)) {
      send(403, failure(403, `User "tests" cannot ${verb} resource "${resource}"`));
    } else if (resource === 'pods') {
      const wanted = searchParams.get('labelSelector')?.split(',') ?? [];
      send(200, { kind: 'PodList', items: this.selected(wanted).map(podObject) });
    } else if (resource === 'pods/log' && name !== undefined) {
      this.sendLog(name, searchParams, response);
    } else {
      const found = kind === 'services' ? this.serviceObject(name) : this.secretObject(kind, name);
      if (found === undefined) send(404, failure(404, 'not found'));
      else send(200, found);
    }
  }

  private sendLog(name: string, wanted: URLSearchParams, response: ServerResponse): void {
    const since = new Date(wanted.get('sinceTime') ?? 0).getTime();
    const lines = (this.pods.get(name)?.log ?? []).filter(
      // The cluster looks at whole seconds only.
      (line) => new Date(line.split(' ')[0] ?? '').getTime() >= Math.floor(since / 1_000) * 1_000,
    );
    const tail = wanted.get('tailLines');
    response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
    for (const line of tail === null ? lines : lines.slice(lines.length - Number(tail))) {
      response.write(`${line}\n`);
    }
    if (wanted.get('follow') !== 'true') {
      response.end();
      return;
    }
    this.followers.set(response, name);
    response.on('close', () => this.followers.delete(response));
  }

  private selected(wanted: readonly string[]): StandInPod[] {
    const pairs = wanted.map((one) => one.split('='));
    return [...this.pods.values()].filter(({ labels }) =>
      pairs.every(([key = '', value]) => labels[key] === value),
    );
  }

  private serviceObject(name = ''): unknown {
    const selector = this.services.get(name);
    const ports = [{ name: 'grpc', port: 50051, targetPort: 'grpc' }];
    return selector && { kind: 'Service', metadata: { name }, spec: { selector, ports } };
  }

  private secretObject(kind: string, name = ''): unknown {
    const values = kind === 'secrets' ? this.secrets.get(name) : undefined;
    if (values === undefined) return undefined;
    const data = Object.entries(values).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
    return { kind: 'Secret', metadata: { name }, data: Object.fromEntries(data) as unknown };
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [, name = ''] = /\/pods\/([^/]+)\/portforward\?ports=50051$/.exec(request.url ?? '') ?? [];
    this.calls.push(`forward ${name}`);
    if (this.silent) return;
    const pod = this.pods.get(name);
    if (pod === undefined || this.forbidden.has('get pods/portforward')) {
      socket.end(`HTTP/1.1 ${pod === undefined ? 404 : 403} Refused\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    this.upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      this.tunnels.set(webSocket, name);
      webSocket.on('close', () => this.tunnels.delete(webSocket));
      if (pod.backend === undefined) refuse(webSocket);
      else bridge(webSocket, connect(pod.backend, '127.0.0.1'));
    });
  }
}

/** Two channels a port, data and errors; the first two bytes of each are the port. */
function bridge(webSocket: WebSocket, backend: Socket): void {
  const port = [50051 & 0xff, 50051 >> 8];
  webSocket.send(Buffer.from([0, ...port]));
  webSocket.send(Buffer.from([1, ...port]));
  backend.on('data', (bytes: Buffer) => webSocket.send(Buffer.concat([Buffer.from([0]), bytes])));
  backend.on('close', () => webSocket.close());
  backend.on('error', () => webSocket.close());
  webSocket.on('message', (bytes: Buffer) => {
    if (bytes[0] === 0) backend.write(bytes.subarray(1));
  });
  webSocket.on('close', () => backend.destroy());
}

function refuse(webSocket: WebSocket): void {
  const port = [50051 & 0xff, 50051 >> 8];
  webSocket.send(Buffer.from([0, ...port]));
  webSocket.send(Buffer.from([1, ...port]));
  webSocket.send(
    Buffer.concat([Buffer.from([1]), Buffer.from('dial tcp4 127.0.0.1:50051: connection refused')]),
  );
}

function podObject({ name, uid, labels, ready = true, status }: StandInPod): unknown {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  const containers = [{ name: 'service', image: 'any', ports: [{ name: 'grpc', containerPort: 50051 }] }];
  return {
    metadata: { name, uid: uid ?? `uid-of-${name}`, labels },
    spec: { containers },
    status: { phase: 'Running', conditions, ...status },
  };
}

const failure = (code: number, message: string) => ({ kind: 'Status', status: 'Failure', code, message });

function kubeconfigOf(port: number): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [
      { name: context, cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: context, user: {} }],
    contexts: [
      { name: context, context: { cluster: context, user: context } },
      { name: 'elsewhere', context: { cluster: context, user: context, namespace: 'other' } },
    ],
  };
}
