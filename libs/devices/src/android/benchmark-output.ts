/** What one call of benchmark_model tells of its timed runs, in microseconds. */
export interface Timings {
  /** Absent where it tells no count. */
  readonly runs?: number;
  readonly averageUs: number;
  /** Newer versions tell it. */
  readonly medianUs?: number;
}

/** Of the per-operator tables, and of memory: not what is asked for. */
const otherCounts = /Timings \(microseconds\)|Memory \(bytes\)/;

/**
 * Reads the output of benchmark_model, of any version so far: a line `count=50 first=.. curr=.. min=.. max=.. avg=.. std=..` for the
 * warm-up and one for the timed runs, which newer versions end with `p5=.. median=.. p95=..`, and which is `count=1 curr=..` where all
 * runs took the same; and a last line `Inference timings in us: .. Inference (avg): ..`, called `Average inference timings` in old
 * versions, with `no stats:` or `Inference:`. Unknown lines, prefixes and keys are passed over. Undefined where it has no timings.
 */
export function parseBenchmarkOutput(text: string): Timings | undefined {
  const lines = text.split(/\r?\n/);
  const summary = lines.map(summaryUs).findLast((value) => value !== undefined);
  const counts = lines.filter((line) => /\bcount=\d/.test(line) && !otherCounts.test(line)).map(keyedNumbers);
  const timed = counts.at(-1);
  const averageUs = summary ?? timed?.get('avg') ?? timed?.get('curr');
  if (averageUs === undefined || !(averageUs > 0)) return undefined;
  // A lone line of counts is the warm-up's, where the timed runs' did not come through.
  if (timed === undefined || (counts.length < 2 && !isOf(timed, averageUs))) return { averageUs };
  const runs = timed.get('count');
  const medianUs = timed.get('median');
  return {
    averageUs,
    ...(runs !== undefined && runs > 0 ? { runs } : {}),
    ...(medianUs !== undefined && medianUs > 0 ? { medianUs } : {}),
  };
}

function summaryUs(line: string): number | undefined {
  if (!/inference timings in us:/i.test(line)) return undefined;
  const [, value] = /\b(?:Inference \(avg\)|Inference|no stats):\s*([\d.eE+]+)/.exec(afterColon(line)) ?? [];
  return value === undefined ? undefined : Number(value);
}

function afterColon(line: string): string {
  return line.slice(line.indexOf('us:') + 3);
}

/** Every `key=number` of the line. */
function keyedNumbers(line: string): ReadonlyMap<string, number> {
  const pairs = [...line.matchAll(/\b([a-z]\w*)=(\d[\d.]*(?:e[+-]?\d+)?)/gi)];
  return new Map(pairs.map(([, key = '', value]) => [key.toLowerCase(), Number(value)]));
}

/** The line's own average is the summary's, which has six digits. */
function isOf(counts: ReadonlyMap<string, number>, averageUs: number): boolean {
  const average = counts.get('avg') ?? counts.get('curr') ?? 0;
  return Math.abs(average - averageUs) <= 1e-4 * averageUs;
}
