import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Conditions } from '../device.js';

/** Zones and coolers that are the processor's, by the kernel's names. */
const ofProcessor = /cpu|pkg|soc|core|k10temp|processor/i;

/** What a host tells of its state by the files of Linux. What it does not tell, as in most virtual machines, is absent. */
export class HostState {
  private throttled: number | undefined;

  /** @param root where `sys` and `proc` are: `/`, but for tests */
  constructor(
    private readonly cores: readonly number[],
    private readonly root = '/',
  ) {}

  /** The conditions, and in words whether the system says that heat holds the processor back. */
  async look(): Promise<{ readonly conditions: Conditions; readonly limit?: string }> {
    const [conditions, limit] = await Promise.all([this.conditions(), this.limit()]);
    return limit === undefined ? { conditions } : { conditions, limit };
  }

  private async conditions(): Promise<Conditions> {
    const frequencies = this.cores.map((core) => this.numberIn(`${cpu(core)}/cpufreq/scaling_cur_freq`));
    const clocks = present(await Promise.all(frequencies)).map((khz) => khz / 1_000);
    const governor = await this.textIn(`${cpu(this.cores[0] ?? 0)}/cpufreq/scaling_governor`);
    const degrees = (await this.ofType('sys/class/thermal', /^thermal_zone/, 'temp')).map(
      (milli) => milli / 1_000,
    );
    const [battery] = await this.numbersIn('sys/class/power_supply', /^BAT/, 'capacity');
    const load = Number.parseFloat((await this.textIn('proc/loadavg')) ?? '');
    return {
      ...(clocks.length === 0 ? {} : { clocksMhz: clocks }),
      ...(governor === undefined ? {} : { governor }),
      ...(degrees.length === 0 ? {} : { temperatureC: Math.max(...degrees) }),
      ...(battery === undefined ? {} : { batteryPercent: battery }),
      ...(Number.isNaN(load) ? {} : { load }),
    };
  }

  private async limit(): Promise<string | undefined> {
    const coolers = await this.ofType('sys/class/thermal', /^cooling_device/, 'cur_state');
    const counts = this.cores.map((core) =>
      this.numberIn(`${cpu(core)}/thermal_throttle/core_throttle_count`),
    );
    const throttled = present(await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    const rose = this.throttled !== undefined && throttled > this.throttled;
    this.throttled = throttled;
    if (coolers.some((state) => state > 0)) return 'the system cools the processor by slowing it down';
    return rose ? 'the processor got too hot and slowed down' : undefined;
  }

  /** The numbers of all entries whose type is the processor's. */
  private async ofType(folder: string, names: RegExp, file: string): Promise<number[]> {
    const entries = await this.entries(folder, names);
    const numbers = entries.map(async (entry) => {
      const type = (await this.textIn(`${folder}/${entry}/type`)) ?? '';
      return ofProcessor.test(type) ? await this.numberIn(`${folder}/${entry}/${file}`) : undefined;
    });
    return present(await Promise.all(numbers));
  }

  private async numbersIn(folder: string, names: RegExp, file: string): Promise<number[]> {
    const entries = await this.entries(folder, names);
    return present(await Promise.all(entries.map((entry) => this.numberIn(`${folder}/${entry}/${file}`))));
  }

  private async entries(folder: string, names: RegExp): Promise<string[]> {
    try {
      return (await readdir(join(this.root, folder))).filter((entry) => names.test(entry));
    } catch {
      return []; // this system has none
    }
  }

  private async numberIn(file: string): Promise<number | undefined> {
    const number = Number.parseInt((await this.textIn(file)) ?? '', 10);
    return Number.isNaN(number) ? undefined : number;
  }

  private async textIn(file: string): Promise<string | undefined> {
    try {
      return (await readFile(join(this.root, file), 'utf8')).trim();
    } catch {
      return undefined; // this system does not tell
    }
  }
}

const cpu = (core: number) => `sys/devices/system/cpu/cpu${core}`;

function present(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}
