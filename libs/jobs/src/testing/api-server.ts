import { randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { ClusterEvent, Job, Pod } from '../kubernetes-objects.js';

interface Call {
  readonly method: string;
  readonly url: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Stands in for a Kubernetes API server: it speaks its HTTP, keeps Jobs, pods and events, and can be told to be busy. */
export class StandInApiServer {
  readonly jobs = new Map<string, Job>();
  readonly pods: Pod[] = [];
  readonly events: ClusterEvent[] = [];
  /** Calls but for watches. */
  readonly calls: Call[] = [];
  /** How many watches were opened. */
  watchesOpened = 0;
  private readonly watches = new Set<{ readonly kind: 'jobs' | 'pods'; readonly response: ServerResponse }>();
  private server: Server | undefined;
  private port = 0;

  /**
   * @param created called when a Job is created, to play its pods
   * @param busy the HTTP status to answer a call with instead, or undefined to serve it
   */
  constructor(
    private readonly created: (job: Job) => void = () => undefined,
    private readonly busy: (call: number) => number | undefined = () => undefined,
  ) {}

  async start(): Promise<KubeConfig> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '' } = request;
        if (/[?&]watch=true/.test(url)) {
          this.openWatch(url, response);
          return;
        }
        this.calls.push({ method, url });
        const { status, body } = this.answer(method, url, Buffer.concat(chunks).toString());
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    this.server = server;
    // The same port when it comes back, as a real one has.
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'tests', server: `http://127.0.0.1:${this.port}`, skipTLSVerify: true },
      { name: 'tests' },
    );
    return config;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
    this.watches.clear();
  }

  /** Changes a Job as its controller would, and tells who watches. */
  setStatus(name: string, status: Job['status']): void {
    const job = this.jobs.get(name);
    if (job === undefined) return;
    Object.assign(job, { status });
    this.tell('jobs', job);
  }

  /** A pod of the Job, for index 0. */
  addPod(job: Job, pod: Pick<Pod, 'status' | 'spec'>): void {
    const uid = job.metadata?.uid ?? '';
    const labels = {
      'batch.kubernetes.io/job-name': job.metadata?.name ?? '',
      'batch.kubernetes.io/controller-uid': uid,
    };
    const annotations = { 'batch.kubernetes.io/job-completion-index': '0' };
    const made = { metadata: { uid: randomUUID(), labels, annotations }, ...pod };
    this.pods.push(made);
    this.tell('pods', made);
  }

  /** Someone deletes the Job by hand. */
  deleteByHand(name: string): void {
    const job = this.jobs.get(name);
    this.jobs.delete(name);
    if (job !== undefined) this.tell('jobs', job, 'DELETED');
  }

  /** Ends every watch in this way. */
  endWatches(how: 'drop' | 'gone'): void {
    for (const { response } of this.watches) {
      if (how === 'drop') response.destroy();
      else response.end(`${JSON.stringify({ type: 'ERROR', object: failure(410).body })}\n`);
    }
    this.watches.clear();
  }

  private tell(kind: 'jobs' | 'pods', object: Job | Pod, type = 'MODIFIED'): void {
    for (const watch of this.watches) {
      if (watch.kind === kind) watch.response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  private openWatch(url: string, response: ServerResponse): void {
    const kind = /\/jobs\?/.test(url) ? 'jobs' : 'pods';
    this.watchesOpened += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    const watch = { kind, response } as const;
    this.watches.add(watch);
    response.on('close', () => this.watches.delete(watch));
    for (const object of kind === 'jobs' ? this.jobs.values() : this.pods) {
      response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
    }
  }

  private answer(method: string, url: string, body: string): Answer {
    const busy = this.busy(this.calls.length);
    if (busy !== undefined) return failure(busy);
    const { pathname, searchParams } = new URL(url, 'http://stand-in');
    if (pathname === '/api/v1/namespaces/nse/pods') {
      const uid = searchParams.get('labelSelector')?.split('=')[1];
      const items = this.pods.filter(
        ({ metadata }) => metadata?.labels?.['batch.kubernetes.io/controller-uid'] === uid,
      );
      return { status: 200, body: { apiVersion: 'v1', kind: 'PodList', items } };
    }
    if (pathname === '/api/v1/namespaces/nse/events') {
      const uid = /involvedObject\.uid=([^,]*)/.exec(searchParams.get('fieldSelector') ?? '')?.[1];
      const items = this.events.filter(({ involvedObject }) => involvedObject.uid === uid);
      return { status: 200, body: { apiVersion: 'v1', kind: 'EventList', items } };
    }
    const [known, name] = /^\/apis\/batch\/v1\/namespaces\/nse\/jobs(?:\/([^/]+))?$/.exec(pathname) ?? [];
    return known === undefined ? failure(404) : this.answerJob(method, name, body);
  }

  private answerJob(method: string, name: string | undefined, body: string): Answer {
    if (method === 'POST') return this.create(JSON.parse(body) as Job);
    if (name === undefined) {
      return {
        status: 200,
        body: { apiVersion: 'batch/v1', kind: 'JobList', items: [...this.jobs.values()] },
      };
    }
    const job = this.jobs.get(name);
    if (job === undefined) return failure(404);
    if (method !== 'DELETE') return { status: 200, body: job };
    const { preconditions } = JSON.parse(body) as { preconditions?: { uid?: string } };
    if (preconditions?.uid !== undefined && preconditions.uid !== job.metadata?.uid) return failure(409);
    this.jobs.delete(name);
    // The garbage collector takes its pods.
    for (const pod of this.pods.splice(0)) {
      if (pod.metadata?.labels?.['batch.kubernetes.io/controller-uid'] !== job.metadata?.uid)
        this.pods.push(pod);
    }
    this.tell('jobs', job, 'DELETED');
    return { status: 200, body: { apiVersion: 'v1', kind: 'Status', status: 'Success' } };
  }

  private create(job: Job): Answer {
    const id = job.metadata?.name ?? '';
    if (this.jobs.has(id)) return failure(409);
    Object.assign(job.metadata ?? {}, { uid: randomUUID() });
    this.jobs.set(id, job);
    this.tell('jobs', job, 'ADDED');
    this.created(job);
    return { status: 201, body: job };
  }
}

function failure(code: number): Answer {
  const message = `answered with ${code}`;
  return { status: code, body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, message } };
}
