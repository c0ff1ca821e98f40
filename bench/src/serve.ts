import { createInterface } from 'node:readline';
import { type Answer, type Measure, type Ready, type Request } from './measure.js';

/** How a contestant does a measure: the losses of steps `from` to `from + count - 1`. */
export type Runners = Readonly<
  Record<Measure, (from: number, count: number) => Promise<number[]> | number[]>
>;

/** A contestant's main loop: one line of JSON for each line on standard input, timed. Ends with the input. */
export async function serve(about: string, runners: Runners): Promise<void> {
  say({ ready: about });
  for await (const line of createInterface({ input: process.stdin })) {
    const { measure, from, count } = JSON.parse(line) as Request;
    const cpu = process.cpuUsage();
    const start = performance.now();
    const losses = await runners[measure](from, count);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    say({ seconds, cpuSeconds: (user + system) / 1e6, losses });
  }
}

function say(line: Answer | Ready): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
