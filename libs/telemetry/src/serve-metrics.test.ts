import { request } from 'node:http';
import { connect } from 'node:net';
import { logger } from './logger.js';
import { metrics, registry } from './metrics.js';
import { onScrape, refresh } from './scrape.js';
import { type MetricsPort, serveMetrics } from './serve-metrics.js';

const log = logger('tests', { write: () => undefined });
let port: MetricsPort;

beforeAll(async () => {
  port = await serveMetrics('0', log);
});

afterAll(() => port.close());

const read = (path: string, method = 'GET') => fetch(`http://${port.address}${path}`, { method });

describe('the port of metrics', () => {
  it('is one of the loopback address unless another is named', async () => {
    expect(port.address).toMatch(/^127\.0\.0\.1:\d+$/);
    const other = await serveMetrics('0.0.0.0:0', log);
    expect(other.address).toMatch(/^0\.0\.0\.0:\d+$/);
    await other.close();
  });

  it('tells what was counted, what Node and the process use, and says which format that is', async () => {
    metrics.stateConflicts.inc({ bucket: 'B', operation: 'update' }, 3);
    const answer = await read('/metrics');
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    expect(text).toContain('nse_state_conflicts_total{bucket="B",operation="update"} 3\n');
    for (const name of ['process_cpu_seconds_total', 'nodejs_heap_size_used_bytes'])
      expect(text).toContain(`\n${name} `);
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['GET', '/metrics/../etc/passwd', 404],
    ['POST', '/metrics', 405],
    ['DELETE', '/metrics', 405],
  ])('answers %s %s with %i', async (method, path, expected) => {
    const { hostname, port: number } = new URL(`http://${port.address}`);
    const status = await new Promise((resolve, reject) => {
      request({ host: hostname, port: number, path, method }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(expected);
  });

  it('outlasts one who talks no HTTP', async () => {
    const [host, number] = port.address.split(':');
    await new Promise((resolve) => {
      const socket = connect(Number(number), host, () => socket.end('\0\xff nonsense\r\n\r\n'));
      socket
        .on('close', resolve)
        .on('error', () => undefined)
        .resume();
    });
    expect((await read('/metrics')).status).toBe(200);
  });

  it('is refused where the address is taken, or is none', async () => {
    await expect(serveMetrics(port.address, log)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (const address of ['', 'host', 'host:', ':9464', 'a b:1', '127.0.0.1:70000', 'http://a:1']) {
      await expect(serveMetrics(address, log)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        field: 'NSE_METRICS_ADDRESS',
      });
    }
  });
});

describe('a gauge of what others hold', () => {
  it('is asked for once by all who read at the same time, and no more when it is taken back', async () => {
    let asked = 0;
    const forget = onScrape(() => {
      asked += 1;
      metrics.streamBytes.set({ stream: 'S' }, asked);
      return Promise.resolve();
    });
    const [first, second] = await Promise.all([read('/metrics'), read('/metrics')]);
    expect(asked).toBeLessThanOrEqual(2);
    for (const answer of [first, second])
      expect(await answer.text()).toMatch(/nse_stream_bytes\{stream="S"\} [12]\n/);
    forget();
    const before = asked;
    await read('/metrics');
    expect(asked).toBe(before);
  });

  it('keeps nobody from the others where it fails, or never answers', async () => {
    const forget = [
      onScrape(() => Promise.reject(new Error('away'))),
      onScrape(() => new Promise(() => undefined)),
    ];
    await refresh(log, 20);
    forget.forEach((each) => each());
    expect(await registry.metrics()).toContain('nse_build_info');
  });
});
