import type { Found } from './run.js';

/** Most milliseconds at p99. */
export const GOALS = { publishMs: 50, waitMs: 250 } as const;
/** Memory of the last third of a run over that of the middle third, at most. */
export const FLAT = 1.15;

/** One line of the report; `met` where there is a goal. */
interface Line {
  readonly what: string;
  readonly found: string;
  readonly goal?: string;
  readonly met?: boolean;
}

/** Whether nothing was lost, repeated or ended by itself. Times and memory are goals, not conditions. */
export function isSound({ searches, evaluations, received, deaths }: Found): boolean {
  return (
    searches.succeeded === searches.searches &&
    searches.faulty.length === 0 &&
    evaluations.reported === evaluations.evaluations &&
    evaluations.wrong === 0 &&
    received.exact === received.subscribers &&
    deaths.length === 0
  );
}

/** The results as a table (valid Markdown). */
export function loadTable(found: Found): string {
  const rows = lines(found).map(({ what, found: value, goal, met }) => [
    what,
    value,
    goal === undefined ? '' : `${goal} ${met === true ? 'met' : 'MISSED'}`,
  ]);
  const header = ['measure', 'found', 'goal'];
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function lines(found: Found): Line[] {
  const { searches, evaluations, received, publishMs, waitMs, memory, deaths } = found;
  const all = searches.searches;
  return [
    counted('searches that ended well', searches.succeeded, all),
    counted('searches whose events are all stored once', all - searches.faulty.length, all),
    { what: 'seconds, all searches', found: searches.seconds.toFixed(1) },
    { what: 'architectures scored in the searches', found: String(searches.scored) },
    counted(
      'evaluations reported one by one',
      evaluations.reported - evaluations.wrong,
      evaluations.evaluations,
    ),
    { what: 'evaluations a second', found: (evaluations.reported / evaluations.seconds).toFixed(0) },
    { what: 'seconds to clear the queue', found: evaluations.clearSeconds.toFixed(2) },
    counted('subscribers with each round exactly once', received.exact, received.subscribers),
    timed('publish, ms p50 / p99 / most', publishMs, GOALS.publishMs),
    ...Object.entries(waitMs).map(([stage, quantiles]) =>
      timed(`wait before ${stage}, ms p50 / p99 / most`, quantiles, GOALS.waitMs),
    ),
    ...memory.map(({ process, thirdsMiB, growth }) => ({
      what: `MiB of ${process}, by thirds`,
      found: thirdsMiB.map((mib) => mib.toFixed(0)).join(' / '),
      goal: `x${FLAT} at most`,
      met: growth <= FLAT,
    })),
    { what: 'processes that died', found: String(deaths.length), goal: '0', met: deaths.length === 0 },
  ];
}

const counted = (what: string, value: number, of: number): Line => ({
  what,
  found: String(value),
  goal: String(of),
  met: value === of,
});

const timed = (what: string, { p50, p99, max }: Found['publishMs'], goal: number): Line => ({
  what,
  found: [p50, p99, max].map((ms) => ms.toFixed(1)).join(' / '),
  goal: `p99 ${goal}`,
  met: p99 <= goal,
});
