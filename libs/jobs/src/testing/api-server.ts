import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BatchV1Api, KubeConfig, type V1Job } from '@kubernetes/client-node';

interface Call {
  readonly method: string;
  readonly url: string;
}

/** Stands in for a Kubernetes API server: it speaks its HTTP, keeps Jobs, and can be told to be busy. */
export class StandInApiServer {
  readonly jobs = new Map<string, V1Job>();
  readonly calls: Call[] = [];
  private server: Server | undefined;

  /**
   * @param created called when a Job is created, to play its pods
   * @param busy the HTTP status to answer a call with instead, or undefined to serve it
   */
  constructor(
    private readonly created: (job: V1Job) => void = () => undefined,
    private readonly busy: (call: number) => number | undefined = () => undefined,
  ) {}

  async start(): Promise<BatchV1Api> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '' } = request;
        this.calls.push({ method, url });
        const { status, body } = this.answer(method, url, Buffer.concat(chunks).toString());
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      {
        name: 'tests',
        server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        skipTLSVerify: true,
      },
      { name: 'tests' },
    );
    return config.makeApiClient(BatchV1Api);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private answer(method: string, url: string, body: string): { status: number; body: unknown } {
    const busy = this.busy(this.calls.length);
    if (busy !== undefined) return failure(busy);
    const [, name] = /\/apis\/batch\/v1\/namespaces\/nse\/jobs(?:\/([^?]+))?/.exec(url) ?? [];
    if (method === 'POST') {
      const job = JSON.parse(body) as V1Job;
      const id = job.metadata?.name ?? '';
      if (this.jobs.has(id)) return failure(409);
      this.jobs.set(id, job);
      this.created(job);
      return { status: 201, body: job };
    }
    const job = name === undefined ? undefined : this.jobs.get(name);
    if (name === undefined || job === undefined) return failure(404);
    if (method === 'DELETE') this.jobs.delete(name);
    return { status: 200, body: job };
  }
}

function failure(code: number): { status: number; body: unknown } {
  return { status: code, body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', code } };
}
