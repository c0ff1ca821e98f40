import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from '../arguments.js';
import { endpointsPath } from '../endpoints.js';
import { withExamples } from '../examples.js';
import { localLogs } from '../logs/local-logs.js';
import type { LogLine, LogRequest } from '../logs/log-line.js';
import { subjectOf } from '../logs/subject.js';
import { printLine, type Shell } from '../shell.js';
import { type Connected, connected } from './options.js';

interface LogsOptions extends Connected {
  readonly follow?: boolean;
  readonly since?: number;
  readonly tail?: number;
}

export function addLogs(parent: Command, shell: Shell): void {
  const command = parent
    .command('logs [search|service]')
    .description('what services and workers log: all, of one service, or about one search')
    .option('-f, --follow', 'go on with new lines, until Ctrl-C')
    .option('--since <time>', 'only lines of the last 90s, 10m, 2h, 1d', duration)
    .option('--tail <number>', 'the last lines of each', wholeNumber('tail'));
  withExamples(
    connected(command, '{"time", "source", "line"} on each line'),
    ['logs --since 10m', 'all that was logged in the last ten minutes'],
    ['logs ID --follow', 'about a search, by services and workers'],
    ['logs space-manager --tail 50', 'of one service; nats is one, too'],
    ['logs --context gpus --namespace nse', "of a cluster's pods"],
  ).action((what: string | undefined, options: LogsOptions) => logs(shell, what, options));
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a text such as 10m or 1h30m. */
function duration(text: string): number {
  const parts = /^(\d{1,6}[smhd])+$/.test(text) ? (text.match(/\d+[smhd]/g) ?? []) : [];
  if (parts.length === 0) throw new InvalidArgumentError('A time is like 90s, 10m, 2h, 1d.');
  return parts.reduce((sum, part) => sum + Number.parseInt(part, 10) * (unitMs[part.slice(-1)] ?? 0), 0);
}

async function logs(shell: Shell, what: string | undefined, options: LogsOptions): Promise<void> {
  const { signal, env } = shell;
  const { follow = false, since, tail } = options;
  const request: LogRequest = {
    subject: subjectOf(what),
    follow,
    ...(since === undefined ? {} : { since: new Date(Date.now() - since) }),
    ...(tail === undefined ? {} : { tail }),
    signal,
  };
  const choice = shell.cluster(options.endpoints);
  if (choice === undefined) {
    await show(shell, options, localLogs(endpointsPath(options.endpoints, env), request));
    return;
  }
  const { withCluster } = await import('../cluster/connection.js');
  const { podLogs } = await import('../cluster/pod-logs.js');
  await withCluster(choice, env, ({ api }) => show(shell, options, podLogs(api, request)));
}

async function show(shell: Shell, { json }: LogsOptions, lines: AsyncIterable<LogLine>): Promise<void> {
  for await (const { at, source, text } of lines) {
    if (json === true) printLine(shell, { time: at.toISOString(), source, line: text });
    else shell.stdout.write(`${source} | ${text}\n`);
  }
}
