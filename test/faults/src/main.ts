import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { campaign } from './campaign.js';
import { everyPoint } from './every-point.js';
import { summaryOf } from './summary.js';
import { specs } from './specs.js';

const usage = `npm run faults -- --seed N --kills K [--searches M] [--at-once N] [--kinds A,B] [--points] [--json FILE]
  Kills K processes over M real searches (K/5 unless given) and says what was violated.
  --points also kills every program once at every failpoint that it passes.`;

/** Exit code 0 where nothing was violated, 1 where something was, 2 for a wrong command line. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '100' },
      searches: { type: 'string' },
      'at-once': { type: 'string', default: '2' },
      kinds: { type: 'string', default: 'nse,single,latency' },
      points: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const kills = whole(values.kills);
  const say = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  const result = await campaign({
    seed: whole(values.seed),
    kills,
    searches: values.searches === undefined ? Math.max(1, Math.floor(kills / 5)) : whole(values.searches),
    atOnce: Math.max(1, whole(values['at-once'])),
    kinds: kindsOf(values.kinds),
    say,
  });
  const points = values.points ? await everyPoint(say) : undefined;
  const all = points === undefined ? result : { ...result, points };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(all, undefined, 2)}\n`);
  process.stdout.write(summaryOf(result, points));
  return result.violations.length + (points?.violations.length ?? 0) === 0 ? 0 : 1;
}

function kindsOf(text: string): string[] {
  const kinds = text.split(',');
  for (const kind of kinds)
    if (!(kind in specs)) throw new RangeError(`there are no searches "${kind}"\n${usage}`);
  return kinds;
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new RangeError(`"${text}" is no whole number\n${usage}`);
  return number;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const wrongCall = error instanceof RangeError || (error instanceof TypeError && 'code' in error);
    process.stderr.write(
      `${error instanceof Error ? (wrongCall ? error.message : (error.stack ?? '')) : String(error)}\n`,
    );
    process.exit(wrongCall ? 2 : 1);
  },
);
