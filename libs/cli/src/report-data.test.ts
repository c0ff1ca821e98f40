import { finalSummary, latencyLines, parseReport, reportHtml } from '@nse/report';
import { toStruct } from '@nse/rpc';
import { reportOf, roundReports, specOf } from './report-data.js';
import { Served } from './testing/served.js';
import { pointOf, retrainingOver, roundOf, searchOver, smallSpec } from './testing/small-search.js';

const dataset = {
  kind: 'fashion-mnist',
  classes: ['a', 'b'],
  imageSize: 28,
  channels: 1,
  train: 50_000,
  heldOut: 10_000,
  test: 10_000,
  split: 'by seed',
};
const facts = {
  notes: ['a note'],
  commands: ['./nse demo'],
  startedAt: '2026-01-01T00:00:00.000Z',
  secondsTotal: 100,
  host: { platform: 'linux x64', cores: 2, memoryBytes: 1, backend: 'tensorflow' },
  versions: { nse: '0.1.0' },
};

describe('the report of a search', () => {
  let served: Served;

  beforeAll(async () => {
    served = await Served.start({
      spaceManager: {
        getSearch: ({ search }) => Promise.resolve(searchOver(search === 'ms' ? inMilliseconds() : {})),
        getRound: ({ round }) => Promise.resolve(roundOf(round)),
      },
      retrainer: {
        getRetraining: ({ search }) =>
          Promise.resolve(search === 'untrained' ? { search, state: 'TASK_STATE_RUNNING' } : retrainingOver),
      },
    });
  });

  afterAll(async () => {
    await served.stop();
  });

  /** What the services tell, through gRPC as a client gets it. */
  async function finished(search = 'small') {
    return {
      search: await served.system.spaceManager.getSearch({ search }),
      rounds: await Promise.all(
        [1, 2].map((round) => served.system.spaceManager.getRound({ search, round })),
      ),
      retraining: await served.system.retrainer.getRetraining({ search }),
      dataset,
    };
  }

  it('tells what the table predicted and the device measured, and whether that is near the target', async () => {
    const { code = '' } = pointOf(2);
    const measured = { code, predictedMs: 5.1, measuredMs: 5.4, lowMs: 5.3, highMs: 5.5, runs: 90 };
    const latency = { device: 'host', table: 'phone', chosen: measured, measured: [measured], note: '' };
    const pace = { scale: 1.25, architectures: 6 };
    const seconds = { prepare: 90, measure: 5 };
    const found = await finished('ms');
    const withLatency = (ms: number) => ({
      ...found,
      search: {
        ...found.search,
        latency: { ...latency, pace, seconds, random: null, chosen: { ...measured, measuredMs: ms } },
      },
    });
    const near = parseReport(reportOf(withLatency(5.4), facts));
    expect(near.latency).toMatchObject({
      device: 'host',
      chosen: measured,
      random: null,
      withinTenPercent: true,
    });
    const far = parseReport(reportOf(withLatency(5.6), facts));
    expect(far.latency?.withinTenPercent).toBe(false);
    expect(latencyLines(near).join(' ')).toContain(
      'Measured on host: 5.40 ms (5.30 to 5.50). That is +8.0 % from the target: within 10 % of it.',
    );
    expect(near.latency?.pace).toEqual(pace);
    expect(Object.entries(near.seconds.byStage)).toEqual([
      ['prepare', 90],
      ['train', 40],
      ['evaluate', 20],
      ['measure', 5],
      ['retrain', 2],
    ]);
    expect(latencyLines(near).join(' ')).toContain('took 20.0 % less than they did then');
    expect(latencyLines(far).join(' ')).toContain('NOT within 10 % of it');
    expect(finalSummary(near, { width: 80, unicode: false, color: false })).toContain(
      '5.40 ms (5.30 to 5.50)',
    );
    expect(reportHtml(near)).toContain('5.40 ms (5.30 to 5.50)');
  });

  it('is valid, and holds what the search found', async () => {
    const report = parseReport(reportOf(await finished(), facts));
    expect(report).toMatchObject({
      name: 'small',
      seed: 3,
      notes: ['a note'],
      chosen: { code: '6.6.6.6.6', accuracy: 0.7 },
      retrain: { testAccuracy: 0.9, curve: [{ step: 10, loss: 1.5 }] },
      random: { code: '3.3.3.3.3', testAccuracy: 0.8 },
      constraint: { unit: 'macs', target: 1.2e6, drift: 0.5e6 },
    });
    expect(report.chosen.cells).toHaveLength(5);
    expect(report.seconds).toEqual({
      total: 100,
      byStage: { train: 40, evaluate: 20, retrain: 2 },
      rounds: [
        { train: 20, evaluate: 10 },
        { train: 20, evaluate: 10 },
      ],
    });
  });

  it('keeps pruned operations and losses that were not finite apart from numbers', async () => {
    const { rounds } = reportOf(await finished(), facts);
    expect(rounds[0]?.logits[0]).toEqual([0, 1, -1, 0.5, null]);
    expect(rounds[0]?.fitness[0]?.[0]).toBe(0.5);
    expect(rounds[0]?.curve).toEqual([
      { step: 10, loss: 2.5 },
      { step: 20, loss: null },
    ]);
    expect(rounds[0]?.scores).toEqual([
      [1e6, 0.25],
      [1.1e6, 0.5],
    ]);
  });

  it('has a spec that is the search again', async () => {
    const { spec } = reportOf(await finished(), facts);
    expect(spec).toEqual(JSON.parse(JSON.stringify(smallSpec)));
    expect(specOf(await served.system.spaceManager.getSearch({ search: 'small' }))).toEqual(smallSpec);
  });

  it('gives latencies where those were searched for', async () => {
    const { chosen, rounds } = reportOf(await finished('ms'), facts);
    expect(chosen.latencyMs).toBe(4.5);
    expect(rounds[0]?.front[0]?.latencyMs).toBe(roundOf(1).front?.[0]?.cost);
  });

  it('cannot be made before the model is trained', async () => {
    const unfinished = await finished('untrained');
    expect(() => reportOf(unfinished, facts)).toThrow('has no model yet');
  });

  it('tells rounds one by one, too', async () => {
    const { rounds } = await finished();
    expect(roundReports(rounds.slice(0, 1), smallSpec).map(({ round }) => round)).toEqual([1]);
  });
});

/** The same search under a latency table. */
function inMilliseconds() {
  const constraint = { latency: { table: 'phone', targetMs: 5, driftMs: 1 } };
  const spec = JSON.parse(JSON.stringify({ ...smallSpec, constraint })) as object;
  const { chosen } = searchOver();
  return { spec: toStruct(spec), chosen: { ...chosen, cost: 4.5 } };
}
