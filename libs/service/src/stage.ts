import type { Bus, Consumption, EventMap, EventType, NseEvent, Stage } from '@nse/messaging';
import { NseError } from '@nse/space';
import { unlessHalted } from './halting.js';

/** What a service does at one stage of a search. */
export interface StageOptions<T extends EventType> {
  /** Names the consumer; all processes of a service use the same one and share the events. */
  readonly durable: string;
  readonly stage: Stage;
  /** The event that begins the stage. */
  readonly begins: T;
  /**
   * Must bear to be called again with the same event. Its signal aborts when the service stops or the search is halted. `resumes` counts
   * the resumes after which the stage is begun again; 0 the first time.
   */
  readonly perform: (event: NseEvent<T>, signal: AbortSignal, resumes: number) => Promise<void>;
}

/**
 * A stage holds its event for as long as its task runs, hours perhaps, and does next to nothing meanwhile. How many tasks
 * there is room for is for the job runner to say, so that a search never waits for others' events.
 */
const STAGES_AT_ONCE = 128;

/**
 * Does a stage's work whenever its event comes, and again from its last checkpoint when a search is resumed at it. Stops while
 * the search is halted. Where it gives up, `task.failed` says so.
 */
export function startStage<T extends EventType>(bus: Bus, options: StageOptions<T>): Promise<Consumption> {
  const { durable, stage, begins, perform } = options;
  return bus.consume<T | 'search.resumed'>({
    durable,
    types: [begins, 'search.resumed'],
    givenUp: stage,
    concurrency: STAGES_AT_ONCE,
    handler: async (event, { signal }) => {
      const resumed = asResume(event as NseEvent);
      if (resumed !== undefined && resumed.stage !== stage) return;
      await unlessHalted(bus, resumed ?? event.data, signal, async (either) => {
        const trigger = resumed === undefined ? (event as NseEvent<T>) : await stored(bus, begins, resumed);
        await perform(trigger, either, resumed?.resumes ?? 0);
      });
    },
  });
}

function asResume(event: NseEvent): EventMap['search.resumed'] | undefined {
  return event.type === 'search.resumed' ? event.data : undefined;
}

/** The event that began the stage. Raises FAILED_PRECONDITION where it is not stored any more. */
async function stored<T extends EventType>(
  bus: Bus,
  type: T,
  { search, round }: { readonly search: string; readonly round: number },
): Promise<NseEvent<T>> {
  for await (const event of bus.replay({ search, types: [type], follow: false })) {
    const { data } = event as NseEvent;
    if (('round' in data ? data.round : 0) === round) return event;
  }
  const message = `the event ${type} of search "${search}" is not stored any more`;
  throw new NseError('FAILED_PRECONDITION', message);
}
