import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bus, busOptionsFromEnvironment, connectBus } from '@nse/messaging';
import {
  accessFromEnvironment,
  type Implementations,
  type RunningServer,
  startServer,
  tlsFromEnvironment,
} from '@nse/rpc';
import { NseError } from '@nse/space';
import { logger, type Logger, metrics, serveMetrics } from '@nse/telemetry';

/** What a service is built from. */
export interface ServiceContext {
  readonly bus: Bus;
  readonly log: Logger;
}

/** What a parent that started the service as its child is told once calls can be taken. */
export interface ReadyMessage {
  readonly kind: 'ready';
  /** host:port */
  readonly address: string;
}

const DEFAULT_ADDRESS = '127.0.0.1:0';
/** A service that cannot stop in an orderly way within this time is ended. */
const STOP_WITHIN_MS = 30_000;
/** Calls are short; only a stream that its reader leaves open, such as a health watch, ever takes so long. */
const DRAIN_MS = 5_000;

/**
 * The main of every service: connects to NATS (NSE_NATS_URL), lets `build` start its consumers and give its gRPC handlers,
 * listens on NSE_GRPC_ADDRESS (default: a free loopback port), answers health checks also on NSE_HEALTH_ADDRESS (default:
 * nowhere else), tells metrics on NSE_METRICS_ADDRESS (default: nowhere), and drains on SIGTERM. With `--version` it prints its
 * version and ends. Ends at once when the process that started it with a message channel is gone, so that no orphan stays. Exit
 * code 1 where it cannot start.
 */
export async function runService(
  name: string,
  build: (context: ServiceContext) => Promise<Implementations>,
): Promise<void> {
  if (process.argv.includes('--version')) {
    process.stdout.write(`${name} ${version()}\n`);
    return;
  }
  const log = logger(name);
  process.on('disconnect', () => process.exit(0));
  // A key press in the terminal reaches the whole process group; the launcher stops its children in order.
  process.on('SIGINT', () => undefined);
  try {
    // First, so that it can be seen what a service waits for that does not come up.
    await offerMetrics(name, log);
    const bus = await connectBus({ ...busOptionsFromEnvironment(name), log });
    const implementations = await build({ bus, log });
    const tls = tlsFromEnvironment();
    const access = accessFromEnvironment();
    const healthAddress = process.env['NSE_HEALTH_ADDRESS'];
    const server = await startServer({
      name,
      address: process.env['NSE_GRPC_ADDRESS'] ?? DEFAULT_ADDRESS,
      implementations,
      drainMs: DRAIN_MS,
      log,
      ...(tls === undefined ? {} : { tls }),
      ...(access === undefined ? {} : { access }),
      ...(healthAddress === undefined || healthAddress === '' ? {} : { healthAddress }),
    });
    process.once('SIGTERM', () => void stop(server, bus, log));
    const ready: ReadyMessage = { kind: 'ready', address: server.address };
    process.send?.(ready);
  } catch (error) {
    log.fatal({ err: NseError.from(error) }, 'cannot start');
    process.exit(1);
  }
}

/** Metrics can be read on NSE_METRICS_ADDRESS; nowhere unless that is set. */
async function offerMetrics(program: string, log: Logger): Promise<void> {
  const wanted = process.env['NSE_METRICS_ADDRESS'];
  if (wanted === undefined || wanted === '') return;
  metrics.buildInfo.set({ program, version: version(), node: process.version }, 1);
  const { address } = await serveMetrics(wanted, log);
  log.info({ address }, 'metrics can be read');
}

/** All projects have one version. */
function version(): string {
  const text = readFileSync(join(__dirname, '../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function stop(server: RunningServer, bus: Bus, log: Logger): Promise<void> {
  setTimeout(() => {
    log.error('did not stop in time');
    process.exit(1);
  }, STOP_WITHIN_MS).unref();
  // NATS first: its consumers hand back what they work on, so that another process goes on with it.
  await Promise.all([server.stop(), bus.close()]);
  log.info('stopped');
  process.exit(0);
}
