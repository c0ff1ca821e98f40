import { toStruct, type messages } from '@nse/rpc';
import { messageJson } from './message-json.js';
import { Served } from './testing/served.js';
import { roundOf, searchOver, smallSpec } from './testing/small-search.js';

describe('a message as JSON', () => {
  let served: Served;
  beforeAll(async () => {
    const createTime = { seconds: Date.UTC(2026, 0, 2) / 1000, nanos: 5e6 };
    served = await Served.start({
      spaceManager: {
        getSearch: () => Promise.resolve(searchOver({ createTime })),
        getRound: ({ round }) => Promise.resolve(roundOf(round)),
        watchSearch: async function* () {
          await Promise.resolve();
          yield { progress: { search: 'small', stage: 'train', step: 1, steps: 2, loss: 0.5 } };
        },
      },
    });
  });
  afterAll(() => served.stop());

  it('has timestamps in ISO 8601, Structs as what they hold, enums by name, null for what is not set', async () => {
    const search = messageJson(await served.system.spaceManager.getSearch({ search: 'small' }));
    expect(search).toMatchObject({
      id: 'small',
      phase: 'SUCCEEDED',
      createTime: '2026-01-02T00:00:00.005Z',
      updateTime: null,
      failure: null,
      spec: JSON.parse(JSON.stringify(smallSpec)) as object,
    });
  });

  it('has Values as what they hold, and maps as objects', async () => {
    const round = messageJson(await served.system.spaceManager.getRound({ search: 'small', round: 1 }));
    const { logits, seconds, curve } = round as messages.Round;
    expect(logits?.[0]).toEqual({ value: [0, 1, -1, 0.5, null] });
    expect(seconds).toEqual({ train: 20, evaluate: 10 });
    expect(curve?.[1]).toEqual({ step: 20 });
  });

  it('has no marks of the reader', async () => {
    for await (const { progress } of served.system.spaceManager.watchSearch({ search: 'small' })) {
      expect(messageJson(progress)).toEqual({
        search: 'small',
        stage: 'train',
        round: 0,
        step: 1,
        steps: 2,
        loss: 0.5,
      });
    }
  });

  it('keeps a field that is called kind', () => {
    expect(messageJson({ kind: 'N', kept: [1] })).toEqual({ kind: 'N', kept: [1] });
    expect(messageJson(toStruct({ kind: 'numberValue' }))).toEqual({ kind: 'numberValue' });
  });
});
