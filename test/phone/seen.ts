import type { Device, DeviceSource } from '@nse/devices';

/** What a source told of devices so far. */
export class Seen {
  readonly devices = new Map<string, Device>();
  /** Serials that are attached, in the order in which they came, also again. */
  readonly came: string[] = [];
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

  private async failed(): Promise<never> {
    await this.over;
    throw new Error('the source has ended');
  }

  private async follow(source: DeviceSource): Promise<void> {
    for await (const change of source.watch(this.stopped.signal)) {
      if (change.kind === 'gone') this.devices.delete(change.id);
      else {
        this.devices.set(change.device.facts.id, change.device);
        this.came.push(change.device.facts.properties['serial'] ?? '');
      }
      for (const again of this.waiting) again();
      this.waiting.clear();
    }
  }
}
