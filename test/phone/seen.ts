import type { Device, DeviceChange, DeviceSource, UnusableDevice } from '@nse/devices';

/** What a source told of devices so far. */
export class Seen {
  readonly devices = new Map<string, Device>();
  /** Serials that are attached, in the order in which they came, also again. */
  readonly came: string[] = [];
  /** Those that let nobody in, by id. */
  readonly unusable = new Map<string, UnusableDevice>();
  private readonly stopped = new AbortController();
  private readonly waiting = new Set<() => void>();
  private readonly over: Promise<void>;

  constructor(source: DeviceSource) {
    this.over = this.follow(source);
    this.over.catch(() => undefined);
  }

  /** The device of that serial, once it is attached. */
  async device(serial: string): Promise<Device> {
    const found = () => [...this.devices.values()].find(({ facts }) => facts.properties['serial'] === serial);
    await this.until(() => found() !== undefined);
    return found() as Device;
  }

  /** Resolves once it holds; what changes is told by the source. Fails with the source. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds())
      await Promise.race([new Promise<void>((again) => this.waiting.add(again)), this.failed()]);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.over;
  }

  private take(change: DeviceChange): void {
    const id =
      change.kind === 'attached'
        ? change.device.facts.id
        : change.kind === 'gone'
          ? change.id
          : change.device.id;
    this.unusable.delete(id);
    this.devices.delete(id);
    if (change.kind === 'unusable') this.unusable.set(id, change.device);
    if (change.kind !== 'attached') return;
    this.devices.set(id, change.device);
    this.came.push(change.device.facts.properties['serial'] ?? '');
  }

  private async failed(): Promise<never> {
    await this.over;
    throw new Error('the source has ended');
  }

  private async follow(source: DeviceSource): Promise<void> {
    for await (const change of source.watch(this.stopped.signal)) {
      this.take(change);
      for (const again of this.waiting) again();
      this.waiting.clear();
    }
  }
}
