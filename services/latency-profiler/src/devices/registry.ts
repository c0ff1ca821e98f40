import type { DeviceFacts } from '@nse/devices';
import type { Bus, StateEntry, States } from '@nse/messaging';
import { NseError } from '@nse/space';

/** A device as the process that it is attached to tells of it. */
export interface DeviceRecord {
  readonly facts: DeviceFacts;
  /** Names that process; it answers for the name while it is there. */
  readonly profiler: string;
  readonly state: 'attached' | 'unusable' | 'gone';
  /** Of one that is unusable: `unauthorized: allow USB debugging on its screen`. */
  readonly why?: string;
  /** When it was last known to be there, ISO 8601. */
  readonly seenAt: string;
}

/** A device as it stands, whichever process it is attached to. */
export interface KnownDevice {
  readonly facts: DeviceFacts;
  readonly state: 'attached' | 'away';
  /** Of one that is there, but lets nobody in: what it is instead. */
  readonly why?: string;
  readonly seenAt: string;
}

/** The devices of all processes, in the bucket NSE_DEVICES. */
export class DeviceRegistry {
  private constructor(
    private readonly bus: Bus,
    private readonly devices: States<DeviceRecord>,
  ) {}

  static async open(bus: Bus): Promise<DeviceRegistry> {
    // Only this service writes them.
    return new DeviceRegistry(bus, await bus.states('NSE_DEVICES', (value) => value as DeviceRecord));
  }

  /** All devices, by id. One whose process does not answer is away. */
  async list(): Promise<KnownDevice[]> {
    const entries = await Promise.all((await this.devices.keys()).map((id) => this.devices.get(id)));
    const records = entries.flatMap((entry) => entry?.value ?? []);
    const profilers = [...new Set(records.filter(isThere).map(({ profiler }) => profiler))];
    const answers = await Promise.all(profilers.map((profiler) => this.bus.isAnswered(profiler)));
    const answered = new Set(profilers.filter((_, index) => answers[index] === true));
    return records
      .map((record) => asKnown(record, answered.has(record.profiler)))
      .sort((one, other) => one.facts.id.localeCompare(other.facts.id));
  }

  /** The ids of those that can be worked with now, as in `attached are a, b`. */
  async attachedText(): Promise<string> {
    const ids = (await this.list()).filter(({ state }) => state === 'attached').map(({ facts }) => facts.id);
    return ids.length === 0
      ? 'none is attached'
      : `attached ${ids.length > 1 ? 'are' : 'is'} ${ids.join(', ')}`;
  }

  /** Undefined for a device that nobody has ever told of. */
  async find(id: string): Promise<KnownDevice | undefined> {
    const entry = isKey(id) ? await this.devices.get(id) : undefined;
    if (entry === undefined) return undefined;
    return asKnown(entry.value, isThere(entry.value) && (await this.bus.isAnswered(entry.value.profiler)));
  }

  /** The record with its revision, for the process that holds the device or wants to. */
  async record(id: string): Promise<StateEntry<DeviceRecord> | undefined> {
    return await this.devices.get(id);
  }

  /** Writes in place of what has that revision, 0 for nothing. Gives the new one; undefined where another process was first. */
  async write(record: DeviceRecord, revision: number): Promise<number | undefined> {
    const { id } = record.facts;
    try {
      return revision === 0
        ? await this.devices.create(id, record)
        : await this.devices.update(id, record, revision);
    } catch (error) {
      if (error instanceof NseError && (error.code === 'ABORTED' || error.code === 'ALREADY_EXISTS')) {
        return undefined;
      }
      throw error;
    }
  }

  /** Says whenever a record may have changed, until the signal aborts. */
  async *changes(signal: AbortSignal): AsyncGenerator<'device', void> {
    for await (const change of this.devices.watch('>', signal)) if (change.key !== '') yield 'device';
  }
}

const isThere = ({ state }: DeviceRecord): boolean => state !== 'gone';

const isKey = (id: string): boolean => /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(id);

const asKnown = ({ facts, state, seenAt, why }: DeviceRecord, answered: boolean): KnownDevice => ({
  facts,
  seenAt,
  state: state === 'attached' && answered ? 'attached' : 'away',
  ...(state === 'unusable' && answered && why !== undefined ? { why } : {}),
});
