import { EventEmitter, once } from 'node:events';
import { androidDevices, type Device, type MeasureOptions } from '@nse/devices';
import { benchmarkModel } from './programs.js';
import { RealAdb } from './real-adb.js';
import { Seen } from './seen.js';
import { type PhoneOptions, TestPhone } from './test-phone.js';

/** Short measurements, which settle on a host that others use too. */
export const quick: MeasureOptions = {
  threads: 1,
  pinned: [],
  within: 0.5,
  minRuns: 6,
  maxRuns: 200,
  maxSeconds: 20,
  warmupSeconds: 0.05,
};

/** Short waits; the host's other work slows calls down, which is not what is tested. */
export const rules = { slower: Infinity, firstWaitMs: 200, longestWaitMs: 400, maxWaitMs: 2_000 };

export const never: AbortSignal = new AbortController().signal;

/** A real adb with test devices, and what is seen of them. */
export class Attached {
  readonly notices: string[] = [];
  readonly phones: TestPhone[] = [];
  readonly seen: Seen;

  private readonly others: Seen[] = [];
  private readonly said = new EventEmitter();

  private constructor(readonly adb: RealAdb) {
    const notice = (text: string) => {
      this.notices.push(text);
      this.said.emit('notice');
    };
    const source = { server: adb.socket, benchmarkModel: benchmarkModel(), name: 'test', rules, notice };
    this.seen = new Seen(androidDevices(source));
  }

  static async start(): Promise<Attached> {
    return new Attached(await RealAdb.start());
  }

  /** A new phone at the computer. */
  async phone(options: PhoneOptions = {}): Promise<TestPhone> {
    const phone = await this.networkPhone(options);
    await this.adb.connect(phone.serial);
    return phone;
  }

  /** A phone that listens, and that nobody is connected to. */
  async networkPhone(options: PhoneOptions = {}): Promise<TestPhone> {
    const phone = await TestPhone.start(options);
    this.phones.push(phone);
    return phone;
  }

  /** Resolves with the next notice. */
  async noticed(): Promise<void> {
    await once(this.said, 'notice');
  }

  /** What one sees who has the server connect to these phones itself. */
  connecting(phones: readonly TestPhone[], notice: (text: string) => void): Seen {
    const connect = phones.map(({ serial }) => serial).join();
    const seen = new Seen(androidDevices({ server: this.adb.socket, connect, notice }));
    this.others.push(seen);
    return seen;
  }

  /** The device, as who has no benchmark_model sees it. */
  async withoutProgram(serial: string): Promise<Device> {
    const seen = new Seen(androidDevices({ server: this.adb.socket }));
    this.others.push(seen);
    return seen.device(serial);
  }

  async stop(): Promise<void> {
    for (const seen of [this.seen, ...this.others]) await seen.stop();
    for (const phone of this.phones) phone.stop();
    await this.adb.stop();
  }
}
