import { destination, type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger } from 'pino';

// Field names that may hold secrets, at the top of a record and one level down.
const secrets = ['password', 'token', 'authorization', 'secret', 'credentials', 'privateKey'];

/**
 * The logger of one service or worker: a JSON object a line, on standard error unless `to` is given.
 *
 * The level comes from `NSE_LOG_LEVEL` (`trace` to `fatal`, or `silent`); it is `info` where the variable is unset or
 * names no level. Values of fields that are named like secrets are not written.
 */
export function logger(name: string, to: DestinationStream = destination({ fd: 2, sync: true })): Logger {
  return pino(
    {
      name,
      level: levelFrom(process.env['NSE_LOG_LEVEL']),
      redact: { paths: secrets.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
      timestamp: stdTimeFunctions.isoTime,
    },
    to,
  );
}

function levelFrom(wanted: string | undefined): string {
  return wanted !== undefined && (wanted === 'silent' || wanted in pino.levels.values) ? wanted : 'info';
}
