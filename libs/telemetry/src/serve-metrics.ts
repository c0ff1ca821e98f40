import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NseError } from '@nse/space';
import { collectDefaultMetrics } from 'prom-client';
import type { Logger } from './logger.js';
import { registry } from './metrics.js';
import { refresh } from './scrape.js';

/** Where metrics are read. */
export interface MetricsPort {
  /** host:port, with the real port. */
  readonly address: string;
  /** Ends it at once, with the scrapes under way. */
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
/** Scrapes are small and few: whoever is slow, or opens many connections, is no scraper. */
const requestWithinMs = 10_000;
const maxConnections = 32;

/**
 * Answers GET /metrics in Prometheus' text format over plain HTTP, and nothing else, at `host:port`; a port alone is one of the
 * loopback address. Raises INVALID_ARGUMENT for what is no address, UNAVAILABLE where it is taken.
 */
export async function serveMetrics(address: string, log: Logger): Promise<MetricsPort> {
  const { host, port } = parseAddress(address);
  withDefaults();
  const scrape = shared(async () => {
    await refresh(log);
    return await registry.metrics();
  });
  const server = createServer({ requestTimeout: requestWithinMs }, (request, response) => {
    answer(request, response, scrape).catch((error: unknown) => {
      log.error({ err: error }, 'cannot tell metrics');
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.maxConnections = maxConnections;
  await listen(server, host, port, address);
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    address: `${shown}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

let defaultsAre: 'there' | undefined;

/** Of the process and of Node; they cost a little, so only where somebody may look. */
function withDefaults(): void {
  if (defaultsAre === undefined) collectDefaultMetrics({ register: registry });
  defaultsAre = 'there';
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  scrape: () => Promise<string>,
): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (path !== '/metrics') {
    response.writeHead(404).end();
    return;
  }
  if (request.method !== 'GET') {
    response.writeHead(405, { allow: 'GET' }).end();
    return;
  }
  const text = await scrape();
  response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text);
}

/** Those who ask while the answer is being made get the same one. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () =>
    (pending ??= make().finally(() => {
      pending = undefined;
    }));
}

function parseAddress(address: string): { host: string; port: number } {
  const [, bracketed, name, digits] = /^(?:(?:\[([^\]]+)\]|([^\s:[\]]+)):)?(\d{1,5})$/.exec(address) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw new NseError('INVALID_ARGUMENT', `"${address}" is no address: host:port`, {
      field: 'NSE_METRICS_ADDRESS',
    });
  }
  return { host: bracketed ?? name ?? loopback, port };
}

function listen(server: Server, host: string, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays: an error later on, such as want of file handles, must not end the process.
    server.on('error', (cause) => {
      reject(new NseError('UNAVAILABLE', `cannot listen on ${address}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
