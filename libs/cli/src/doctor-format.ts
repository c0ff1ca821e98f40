import type { DoctorReport } from './doctor.js';
import type { Finding } from './doctor-finding.js';

const MARKS: Record<Finding['state'], string> = { found: 'ok', missing: 'MISSING', absent: '-' };

/** The report for people: a line for each finding, then the machine, then what to do. */
export function formatDoctor({ ok, findings, machine, cache }: DoctorReport): string {
  const rows = findings.flatMap(findingRows);
  rows.push(['ok', 'cores', String(machine.cores)]);
  rows.push(['ok', 'memory', `${gigabytes(machine.memory)}, ${gigabytes(machine.memoryFree)} free`]);
  rows.push(['ok', 'cache', `${gigabytes(cache.size)} in ${cache.folder}`]);
  rows.push(['ok', 'disk', `${gigabytes(cache.diskFree)} free there`]);
  const width = Math.max(...rows.map(([, name]) => name.length));
  const lines = rows.map(([mark, name, detail]) => `${mark.padEnd(8)}${name.padEnd(width)}  ${detail}`);
  const verdict = ok
    ? 'Everything is there that nse needs.'
    : 'nse cannot run before what is MISSING is there.';
  return [...lines, '', verdict].join('\n');
}

function findingRows({
  name,
  state,
  detail,
  advice,
}: Finding): [mark: string, name: string, detail: string][] {
  const lines = [...detail.split('\n'), ...(advice === undefined ? [] : [advice])];
  return lines.map((line, index) => (index === 0 ? [MARKS[state], name, line] : ['', '', line]));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
