import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Bus, connectBus, newEvent, type NatsServer, startNatsServer } from '@nse/messaging';
import { createClient } from '@nse/rpc';
import type { ReadyMessage } from './run-service.js';

const program = join(__dirname, '../dist/testing/fixture-service.js');

async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

/** The value of the series, written as the service does; undefined where it is not told. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('the metrics of a running service', () => {
  let server: NatsServer;
  let bus: Bus;
  let child: ChildProcess;
  let client: ReturnType<typeof createClient<'LatencyProfiler'>>;
  let address: string;

  beforeAll(async () => {
    server = await startNatsServer();
    bus = await connectBus({ url: server.url, name: 'tests' });
    address = await freeAddress();
    child = spawn(process.execPath, [program], {
      env: {
        ...process.env,
        NSE_NATS_URL: server.url,
        NSE_LOG_LEVEL: 'silent',
        NSE_METRICS_ADDRESS: address,
        FIXTURE: 'consume',
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [ready] = (await once(child, 'message')) as [ReadyMessage];
    client = createClient('LatencyProfiler', ready.address);
  });

  afterAll(async () => {
    client.close();
    child.kill('SIGKILL');
    await bus.close();
    await server.stop();
  });

  const read = async () => await (await fetch(`http://${address}/metrics`)).text();

  /** Reads again until the series has the value; one that never does is the test's time limit. */
  async function until(series: string, value: number): Promise<string> {
    for (;;) {
      const text = await read();
      if (valueOf(text, series) === value) return text;
    }
  }

  it('tell of calls by method and status, and of errors', async () => {
    await client.listTables({});
    await client.listTables({});
    await client.lookUp({ table: '30' });
    await expect(client.getTable({})).rejects.toThrow('not here');
    const text = await until('nse_errors_total{source="call",code="INTERNAL"}', 1);
    const call = (method: string) =>
      `grpc_type="unary",grpc_service="nse.v1.LatencyProfiler",grpc_method="${method}"`;
    expect(valueOf(text, `grpc_server_handled_total{${call('ListTables')},grpc_code="OK"}`)).toBe(2);
    expect(valueOf(text, `grpc_server_handled_total{${call('GetTable')},grpc_code="INTERNAL"}`)).toBe(1);
    expect(valueOf(text, `grpc_server_handling_seconds_count{${call('LookUp')}}`)).toBe(1);
    expect(valueOf(text, `grpc_server_handling_seconds_sum{${call('LookUp')}}`)).toBeGreaterThan(0.025);
    expect(text).toMatch(/^nse_build_info\{program="latency-profiler",version="\d+\.\d+\.\d+",node="v\d+/m);
  });

  it('tell of events from their publishing to their end, with those that failed, came again and were given up', async () => {
    const event = (search: string) =>
      newEvent('search.cancelled', { search }, 'tests', new Date(Date.now() - 2_000));
    for (const search of ['good', 'passing', 'hopeless']) await bus.publish(event(search));
    const settled = (outcome: string) =>
      `nse_events_handled_total{consumer="fixture",type="search.cancelled",outcome="${outcome}"}`;
    await until(settled('given_up'), 1);
    const text = await until(settled('handled'), 2);
    expect(valueOf(text, settled('failed'))).toBe(1);
    expect(valueOf(text, 'nse_events_redelivered_total{consumer="fixture",type="search.cancelled"}')).toBe(1);
    expect(valueOf(text, 'nse_event_lag_seconds_count{consumer="fixture"}')).toBe(3);
    expect(valueOf(text, 'nse_event_lag_seconds_sum{consumer="fixture"}')).toBeGreaterThan(6);
    expect(valueOf(text, 'nse_events_published_total{type="task.failed",outcome="published"}')).toBe(1);
    expect(valueOf(text, 'nse_event_publish_seconds_count')).toBe(1);
    expect(valueOf(text, 'nse_consumer_pending_events{consumer="fixture"}')).toBe(0);
    expect(valueOf(text, 'nse_stream_bytes{stream="NSE"}')).toBeGreaterThan(0);
    expect(valueOf(text, 'nse_stream_limit_bytes{stream="NSE"}')).toBe(1024 ** 3);
    expect(valueOf(text, 'nse_nats_connected')).toBe(1);
  });
});
