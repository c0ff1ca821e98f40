import { connectBus, type EventType, eventTypes, isEventType } from '@nse/messaging';
import { NseError } from '@nse/space';
import { logger } from '@nse/telemetry';
import { type Command, InvalidArgumentError } from 'commander';
import { eventJson, eventLine } from '../event-line.js';
import { withExamples } from '../examples.js';
import { printLine, type Shell } from '../shell.js';
import { type Connected, connected, onNats } from './options.js';

interface EventsOptions extends Connected {
  readonly type?: readonly EventType[];
  readonly follow: boolean;
  readonly new?: boolean;
}

/** How long a NATS server that does not answer may take. */
const PATIENCE_MS = 10_000;

export function addEvents(parent: Command, shell: Shell): void {
  const command = parent
    .command('events [search]')
    .description('what has happened, from the beginning, and then what happens')
    .option('--type <type>', 'only such events; may be repeated', eventType)
    .option('--no-follow', 'end after the events that there are')
    .option('--new', 'only events from now on');
  withExamples(
    connected(command, 'a CloudEvent as JSON on each line'),
    ['events ID', 'all of one search, until Ctrl-C'],
    ['events --new --type round.completed', 'of any search, from now on'],
    ["events ID --no-follow --json | jq '.data.front'", 'for programs'],
  ).action((search: string | undefined, options: EventsOptions) => events(shell, search, options));
}

function eventType(text: string, before: readonly EventType[] = []): EventType[] {
  const type = text.replace(/^nse\.v1\./, '');
  if (isEventType(type)) return [...before, type];
  throw new InvalidArgumentError(`The types are ${eventTypes.join(', ')}.`);
}

async function events(shell: Shell, search: string | undefined, options: EventsOptions): Promise<void> {
  const { type, follow, json } = options;
  const isNew = options.new === true;
  if (isNew && !follow) throw new NseError('INVALID_ARGUMENT', 'give at most one of --new and --no-follow');
  const { signal } = shell;
  const wanted = {
    ...(search === undefined ? {} : { search }),
    ...(type === undefined ? {} : { types: type }),
    ...(isNew ? { from: 'now' as const } : {}),
  };
  // Errors reach the user as errors; a log beside them would only be in the way.
  const log = logger('nse', { write: () => undefined });
  await onNats(shell, options, async (nats) => {
    const bus = await connectBus({ ...nats, name: 'nse', log, patienceMs: PATIENCE_MS });
    try {
      for await (const event of bus.replay({ ...wanted, follow, signal })) {
        if (json === true) printLine(shell, eventJson(event));
        else shell.stdout.write(`${eventLine(event)}\n`);
      }
    } finally {
      await bus.close();
    }
  });
}
