import { NseError } from '@nse/space';
import { type Client, keyOf } from './client.js';
import { constructors } from './definition.js';
import type { ServiceName } from './services.js';

/**
 * A client of a server that takes a while to be found: `open` is called at the first call, and again at the
 * next one where it failed.
 */
export function lazyClient<S extends ServiceName>(service: S, open: () => Promise<Client<S>>): Client<S> {
  let opened: Promise<Client<S>> | undefined;
  const method = async (key: string) => {
    opened ??= open();
    try {
      return ((await opened) as unknown as Record<string, AnyMethod | undefined>)[key] ?? missing(key);
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
  const close = () => {
    void opened?.then(
      (client) => client.close(),
      () => undefined,
    );
  };
  const methods: Record<string, unknown> = { close };
  for (const [name, { responseStream }] of Object.entries(constructors[service].service)) {
    const key = keyOf(name);
    methods[key] = responseStream
      ? async function* (...call: unknown[]) {
          yield* (await method(key))(...call) as AsyncGenerator<unknown, void>;
        }
      : async (...call: unknown[]) => await ((await method(key))(...call) as Promise<unknown>);
  }
  return methods as unknown as Client<S>;
}

type AnyMethod = (...call: unknown[]) => unknown;

function missing(key: string): never {
  throw new NseError('INTERNAL', `the client has no method ${key}`);
}
