import { randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CoreV1Event, KubeConfig } from '@kubernetes/client-node';
import type { Plain } from '@nse/kubernetes';
import type { ResourceSpec, ResourceStatus, SearchResource } from '../resource.js';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Stands in for an API server that knows Searches of the namespace `team`: their HTTP, resource versions, status, watches, events. */
export class KubernetesStandIn {
  readonly objects = new Map<string, SearchResource>();
  readonly events = new Map<string, Plain<CoreV1Event>>();
  /** `METHOD path` of each call but for watches. */
  readonly calls: string[] = [];
  private readonly watches = new Set<ServerResponse>();
  private server: Server | undefined;
  private version = 1;

  /** @param refuse the HTTP status to answer a call with instead, or undefined to serve it */
  constructor(public refuse: (call: string) => number | undefined = () => undefined) {}

  async start(): Promise<KubeConfig> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '' } = request;
        if (/[?&]watch=true/.test(url)) {
          this.openWatch(response);
          return;
        }
        const { status, body } = this.answer(method, url, Buffer.concat(chunks).toString());
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    const config = new KubeConfig();
    const { port } = this.server.address() as AddressInfo;
    const cluster = { name: 'tests', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: 'tests' });
    return config;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Someone applies an object; one that is there gets the spec. */
  apply(name: string, spec: ResourceSpec): SearchResource {
    const there = this.objects.get(name);
    const metadata =
      there === undefined
        ? { name, namespace: 'team', uid: randomUUID(), generation: 1, resourceVersion: '' }
        : { ...there.metadata, generation: there.metadata.generation + 1 };
    const object = { apiVersion: 'nse.dev/v1alpha1', kind: 'Search', ...there, metadata, spec };
    return this.keep(object, there === undefined ? 'ADDED' : 'MODIFIED');
  }

  delete(name: string): void {
    const object = this.objects.get(name);
    this.objects.delete(name);
    if (object !== undefined) this.tell('DELETED', object);
  }

  /** `reason: message` of what was told of the object, in the order of the telling. */
  told(name: string): string[] {
    return [...this.events.values()]
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`);
  }

  private keep(object: SearchResource, type: string): SearchResource {
    const kept = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } };
    this.objects.set(object.metadata.name, kept);
    this.tell(type, kept);
    return kept;
  }

  private tell(type: string, object: SearchResource): void {
    for (const watch of this.watches) watch.write(`${JSON.stringify({ type, object })}\n`);
  }

  private openWatch(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    this.watches.add(response);
    response.on('close', () => this.watches.delete(response));
    for (const object of this.objects.values())
      response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
  }

  private answer(method: string, url: string, body: string): Answer {
    const { pathname, searchParams } = new URL(url, 'http://stand-in');
    const call = `${method} ${pathname}`;
    this.calls.push(call);
    const refused = this.refuse(call);
    if (refused !== undefined) return failure(refused);
    if (call === 'POST /api/v1/namespaces/team/events')
      return this.addEvent(JSON.parse(body) as Plain<CoreV1Event>);
    const [known, name, status] =
      /^\/apis\/nse\.dev\/v1alpha1\/namespaces\/team\/searches(?:\/([^/]+))?(\/status)?$/.exec(pathname) ??
      [];
    if (known === undefined) return failure(404);
    if (name === undefined) return this.page(searchParams);
    const object = this.objects.get(name);
    if (object === undefined) return failure(404);
    if (method === 'GET' && status === undefined) return { status: 200, body: object };
    if (method !== 'PUT' || status === undefined) return failure(405);
    const written = JSON.parse(body) as SearchResource & { status: ResourceStatus };
    const { resourceVersion, uid } = written.metadata;
    if (resourceVersion !== object.metadata.resourceVersion || uid !== object.metadata.uid)
      return failure(409);
    return { status: 200, body: this.keep({ ...object, status: written.status }, 'MODIFIED') };
  }

  /** Pages of two, whatever was asked for, so that a reader that stops after the first is found out. */
  private page(query: URLSearchParams): Answer {
    const from = Number(query.get('continue') ?? 0);
    const all = [...this.objects.values()];
    const more = from + 2 < all.length ? { continue: String(from + 2) } : {};
    return {
      status: 200,
      body: { items: all.slice(from, from + 2), metadata: { resourceVersion: '1', ...more } },
    };
  }

  private addEvent(event: Plain<CoreV1Event>): Answer {
    const name = event.metadata.name ?? '';
    if (this.events.has(name)) return failure(409);
    this.events.set(name, event);
    return { status: 201, body: event };
  }
}

function failure(code: number): Answer {
  const message = `answered with ${code}`;
  return { status: code, body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, message } };
}
