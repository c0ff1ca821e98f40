import { createHash } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { readFileSync } from 'node:fs';
import { NseError } from '@nse/space';
import { systemClock } from '../clock.js';
import type { DeviceChange, DeviceSource } from '../device.js';
import type { ThrottleRules } from '../throttle.js';
import { adbAddress, phoneSerials } from './address.js';
import { AdbClient } from './connection.js';
import { deviceId } from './device-id.js';
import { deviceFacts } from './facts.js';
import { DeviceFolder, folderPath, type Program } from './folder.js';
import { keepConnected } from './keep-connected.js';
import { Phone, phoneRules } from './phone.js';
import { brief } from './push.js';
import { deviceFeatures, deviceShell } from './shell.js';
import { trackSerials, type Hearer } from './track.js';

export interface AndroidOptions {
  /** As in `ADB_SERVER_SOCKET`: `tcp:HOST:PORT`. Default: adb's own, 127.0.0.1:5037. */
  readonly server?: string | undefined;
  /** As in `NSE_ADB_CONNECT`: phones of the network that the server is to be connected to, `HOST:PORT` with commas between. */
  readonly connect?: string | undefined;
  /** Path of a benchmark_model for the phones' processor. Without one they are listed, and cannot measure. */
  readonly benchmarkModel?: string | undefined;
  /** Of what uses the phones: folders on them are named by it. Two users of one phone must differ. Default: `profiler`. */
  readonly name?: string;
  readonly rules?: Partial<ThrottleRules>;
  /** Hears of devices that cannot be used, and of a server that is away. */
  readonly notice?: (text: string) => void;
}

const FEATURES_MS = 10_000;
/** A phone that is attached but does not answer, or still starts. */
const AGAIN_MS = 5_000;

/**
 * The phones of an adb server that others run; it is never started or stopped from here. Raises INVALID_ARGUMENT for an address that
 * cannot be used, and FAILED_PRECONDITION for a benchmark_model that cannot be read.
 */
export function androidDevices(options: AndroidOptions): DeviceSource {
  const client = new AdbClient(adbAddress(options.server));
  const phones = phoneSerials(options.connect);
  const program = options.benchmarkModel === undefined ? undefined : readProgram(options.benchmarkModel);
  const notice = options.notice ?? (() => undefined);
  const rules = { ...phoneRules, ...options.rules };
  const path = folderPath(options.name ?? 'profiler');
  const attach: Attach = async (serial, signal, lost) => {
    const features = await deviceFeatures(client, serial, { signal, withinMs: FEATURES_MS });
    const shell = deviceShell(client, serial, features);
    const folder = new DeviceFolder(client, serial, shell, path);
    const facts = await deviceFacts(serial, folder, program, signal);
    // What a run left that broke off when the phone went.
    if (program !== undefined) await folder.tidy(program.sha256, signal);
    return new Phone(facts, folder, program, rules, { gone: signal, lost });
  };
  return { watch: (signal) => watch(client, phones, new Heard(attach, notice), signal) };
}

/** Makes a device usable; `lost` is for it to say that it went without being seen to go. */
type Attach = (serial: string, signal: AbortSignal, lost: () => void) => Promise<Phone>;

interface Entry {
  readonly stop: AbortController;
  /** Whether the reader was told of it. */
  attached: boolean;
  readonly usable: boolean;
}

/** What one `watch` heard, for whoever reads it. */
class Heard extends EventEmitter<{ change: [DeviceChange] }> implements Hearer {
  private readonly there = new Map<string, Entry>();

  constructor(
    private readonly attach: Attach,
    readonly notice: (text: string) => void,
  ) {
    super();
  }

  /** Devices are asked for their facts side by side, so that a slow one holds up no other. */
  came(serial: string): void {
    const entry: Entry = { stop: new AbortController(), attached: false, usable: true };
    this.there.set(serial, entry);
    const { signal } = entry.stop;
    // It is usable again once it answers.
    const lost = () => {
      if (this.there.get(serial) !== entry) return;
      this.gone(serial);
      this.came(serial);
    };
    const attach = () => this.attach(serial, signal, lost);
    void attachedInTime(serial, attach, this.notice, signal).then((device) => {
      if (device === undefined || signal.aborted) return;
      entry.attached = true;
      this.emit('change', { kind: 'attached', device });
    });
  }

  /** One that came after all since its state was asked for is left as it is. */
  unusable(serial: string, state: string, hint: string): void {
    if (this.there.get(serial)?.usable === true) return;
    this.there.set(serial, { stop: new AbortController(), attached: true, usable: false });
    const device = { id: deviceId(serial), kind: 'android', properties: { serial: brief(serial) } } as const;
    this.emit('change', { kind: 'unusable', device: { ...device, state, hint } });
  }

  gone(serial: string): void {
    const entry = this.there.get(serial);
    this.there.delete(serial);
    entry?.stop.abort();
    if (entry?.attached === true) this.emit('change', { kind: 'gone', id: deviceId(serial) });
  }
}

async function* watch(
  client: AdbClient,
  phones: readonly string[],
  heard: Heard,
  signal: AbortSignal,
): AsyncGenerator<DeviceChange> {
  const over = new AbortController();
  const stop = () => over.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const changes = on(heard, 'change', { signal: over.signal }) as AsyncIterable<[DeviceChange]>;
  const tracking = Promise.all([
    trackSerials(client, heard, over.signal),
    keepConnected(client, phones, heard.notice, over.signal),
  ]);
  try {
    for await (const [change] of changes) yield change;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    // The devices that are there are let go of too, as the server's when it goes.
    stop();
    signal.removeEventListener('abort', stop);
    await tracking;
  }
}

/** Tries until the device answers; undefined where it went meanwhile. */
async function attachedInTime(
  serial: string,
  attach: () => Promise<Phone>,
  notice: (text: string) => void,
  signal: AbortSignal,
): Promise<Phone | undefined> {
  let told = false;
  while (!signal.aborted) {
    const phone = await attach().catch((error: unknown) => {
      if (!told && !signal.aborted) notice(`${serial} cannot be used yet: ${NseError.from(error).message}`);
      told = true;
      return undefined;
    });
    if (phone !== undefined) return phone;
    await systemClock.wait(AGAIN_MS, signal).catch(() => undefined);
  }
  return undefined;
}

function readProgram(path: string): Program {
  try {
    const bytes = readFileSync(path);
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (cause) {
    throw new NseError('FAILED_PRECONDITION', `reading the benchmark_model for phones: ${String(cause)}`, {
      field: 'NSE_BENCHMARK_MODEL',
      cause,
    });
  }
}
