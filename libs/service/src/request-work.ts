import { type Bus, type Consumption, newEvent } from '@nse/messaging';
import { type Done, requestEvents, type Requested, type RequestKind, requestsOf } from './requests.js';
import { unlessDeleted } from './unless-deleted.js';

/** A client may ask for many things at once, and each takes memory and cores beside the searches' own work. */
const AT_ONCE = 2;

/** How a service does what clients ask for. */
export interface RequestOptions<K extends RequestKind> {
  readonly service: 'fitness-evaluator' | 'retrainer';
  readonly kind: K;
  /** Must bear to be called again with the same request. Its signal aborts when the service stops or the search is deleted. */
  readonly perform: (request: Requested<K>, signal: AbortSignal) => Promise<Done<K>>;
  /** Removes what the work needed for as long as it was not reported. Must bear to be called again. */
  readonly tidy?: (request: { readonly search: string; readonly request: string }) => Promise<void>;
}

type RequestEvent = (typeof requestEvents)[RequestKind]['requested' | 'failed'];

/** Does what clients ask for, each request once, and reports what came of it or that it was given up. */
export function startRequests<K extends RequestKind>(
  bus: Bus,
  { service, kind, perform, tidy }: RequestOptions<K>,
): Promise<Consumption> {
  const types = requestEvents[kind];
  return bus.consume<RequestEvent>({
    durable: `${service}-requests`,
    // The failure, too: it may be the consumer that gives up, and what was left is tidied up after that.
    types: [types.requested, types.failed],
    concurrency: AT_ONCE,
    givenUp: ({ data: { search, request, resumes } }, reason, attempts) =>
      newEvent(
        types.failed,
        { search, request, reason, attempts, ...(resumes === undefined ? {} : { resumes }) },
        service,
      ),
    handler: async ({ type, data }, { signal }) => {
      const { search, request } = data;
      if (type === types.requested) {
        await unlessDeleted(bus, search, signal, async (either) => {
          if (await isOver(bus, kind, search, request)) return;
          const done = await perform(data as Requested<K>, either);
          either.throwIfAborted();
          await bus.publish(newEvent(types.done, done, service));
        });
      }
      // Not what a repetition has begun meanwhile.
      if (type === types.failed && !(await isOver(bus, kind, search, request))) return;
      await tidy?.({ search, request });
    },
  });
}

/** An event may be delivered again after its work was reported and tidied up. */
async function isOver(bus: Bus, kind: RequestKind, search: string, request: string): Promise<boolean> {
  const record = (await requestsOf(bus, kind, search)).find(({ requested }) => requested.request === request);
  return record?.done !== undefined || record?.failed !== undefined;
}
