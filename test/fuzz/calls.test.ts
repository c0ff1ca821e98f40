import fc from 'fast-check';
import { type handlers, startServer } from '@nse/rpc';
import { NseError } from '@nse/space';
import { logger } from '@nse/telemetry';
import { Caller, type Ending } from './caller.js';
import { mutated } from './mutations.js';
import { type Call, calls, encoded, KNOWN, messageOf, struct } from './proto.js';
import { Services } from './services.js';
import { fuzzing } from './settings.js';

const all = calls();
const names = [...new Set(all.map(({ service }) => service))];

/** Any message of the call's type, one that is damaged, or bytes that are no message at all. */
function requests(call: Call): fc.Arbitrary<Uint8Array> {
  const sound = messageOf(call.request).map((message) => encoded(call.request, message));
  return fc.oneof(
    { arbitrary: sound, weight: 6 },
    { arbitrary: mutated(sound, 0.9), weight: 3 },
    fc.uint8Array({ maxLength: 200 }),
  );
}

/** Calls the method again and again; raises at the first ending that no caller should see. */
async function fuzz(call: Call, caller: Caller, runs: number): Promise<Ending[]> {
  const endings: Ending[] = [];
  await fc.assert(
    fc.asyncProperty(requests(call), async (bytes) => {
      endings.push(await caller.check(call, bytes));
    }),
    { ...fuzzing(runs), endOnFailure: true },
  );
  return endings;
}

describe('the services', () => {
  let services: Services;
  const callers = new Map<string, Caller>();
  const callerOf = ({ service }: Call) => callers.get(service)!;

  beforeAll(async () => {
    services = await Services.start(names);
    for (const [name, { address }] of services.processes) callers.set(name, new Caller(address));
    const create = all.find(({ path }) => path.endsWith('/CreateSearch'))!;
    const overrides = struct({ rounds: 1, evaluate: { architectures: 4, extra: 1, workers: 1 } });
    for (const search of KNOWN) {
      const bytes = encoded(create.request, { search, preset: 'fashion-mnist-quick', overrides });
      expect(await callerOf(create).check(create, bytes)).toBe('answered');
    }
  });

  afterEach(() => expect(services.faults()).toEqual([]));

  afterAll(async () => {
    for (const caller of callers.values()) caller.close();
    await services.stop();
  });

  test.each(all.map((call) => [call.path, call] as const))(
    '%s answers, or refuses by name, whatever it is sent',
    async (_, call) => {
      // One that is defined but not built yet refuses everything; the compiler asks for it to be built.
      if (!(await callerOf(call).has(call))) return;
      const endings = await fuzz(call, callerOf(call), call.streams ? 25 : 60);
      expect(endings.length).toBeGreaterThan(0);
    },
  );

  test('refuse a message that nests without end, and go on', async () => {
    const create = all.find(({ path }) => path.endsWith('/CreateSearch'))!;
    const field = create.request.fields['spec']!.id;
    expect(await callerOf(create).check(create, nestedStruct(field, 200_000))).toBeInstanceOf(NseError);
    expect(await callerOf(create).has(create)).toBe(true);
  });

  test('take no more memory than they need', () => {
    for (const [, mib] of services.memory()) expect(mib).toBeLessThan(700);
  });
});

/** Structs within structs, written from the inside out. */
function nestedStruct(field: number, depth: number): Uint8Array {
  const parts: Buffer[] = [];
  let length = 0;
  const wrap = (tag: number) => {
    const head = Buffer.from([tag, ...varint(length)]);
    parts.push(head);
    length += head.length;
  };
  for (let level = 0; level < depth; level++) {
    wrap(0x2a); // Value.struct_value
    wrap(0x12); // the map entry's value
    wrap(0x0a); // Struct.fields
  }
  wrap((field << 3) | 2);
  return Buffer.concat(parts.reverse());
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

describe('a planted bug is found:', () => {
  const getSearch = all.find(({ path }) => path.endsWith('/GetSearch'))!;

  async function found(handler: (request: { search: string }) => Promise<never>): Promise<unknown> {
    const server = await startServer({
      name: 'planted',
      address: '127.0.0.1:0',
      implementations: { SpaceManager: { getSearch: handler } as unknown as handlers.SpaceManager },
      log: logger('planted', { write: () => undefined }),
    });
    const caller = new Caller(server.address);
    try {
      return await fuzz(getSearch, caller, 200).then(
        () => undefined,
        (error: unknown) => error,
      );
    } finally {
      caller.close();
      await server.stop();
    }
  }

  test('a handler that throws a TypeError for some requests', async () => {
    const error = await found(({ search }) => {
      if (search.includes('.')) return Promise.reject(new TypeError('cannot read properties of undefined'));
      return Promise.reject(new NseError('NOT_FOUND', 'there is no such search'));
    });
    expect(String((error as Error).cause)).toContain('INTERNAL: cannot read properties of undefined');
  });

  test('a refusal that does not say which field is wrong', async () => {
    const error = await found(() => Promise.reject(new NseError('INVALID_ARGUMENT', 'something is wrong')));
    expect(String((error as Error).cause)).toContain('names no field');
  });

  test('and none where there is none', async () => {
    expect(await found(() => Promise.reject(new NseError('NOT_FOUND', 'no such search')))).toBeUndefined();
  });
});
