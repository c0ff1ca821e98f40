import { defaultMeasureOptions, hostDevice } from '@nse/devices';
import {
  decodeArchitecture,
  entryKey,
  latencyCost,
  layersOf,
  likeBand,
  macroNetwork,
  macsCost,
  NseError,
  type OperationTableContent,
  parseLatencyTable,
  poolNamed,
  randomFrom,
  requiredEntries,
  targetBand,
} from '@nse/space';
import { buildTable, type TableBuild } from './build-table.js';
import type { Progress } from './measuring.js';
import { type PartialTable, partialSchema } from './partial.js';
import { CountingDevice, TIMES } from './testing/counting-device.js';

const network = macroNetwork({
  ...{ plan: 'NR', depths: [1, 0, 0, 1, 0], widths: [8, 8, 16, 16, 24], scale: 1, stemStride: 2 },
  ...{ imageSize: 28, imageChannels: 1, classes: 10, tailChannels: 32 },
});
const pool = { name: 'six', operations: poolNamed('mac27').operations.slice(0, 6) };
const required = requiredEntries(network, pool);
const IMAGES = 1;

const build = (
  device: TableBuild['device'],
  changes: Partial<TableBuild> = {},
): Promise<OperationTableContent> =>
  buildTable({
    ...{ network, pool, device, options: defaultMeasureOptions },
    trust: { architectures: 40, seed: 1, subsetSize: 4, method: 'nse' },
    createdAt: new Date('2026-01-02T03:04:05Z'),
    onProgress: () => undefined,
    save: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...changes,
  });

/** Keeps what a build saves, through JSON as a store does. */
function keeper() {
  const saved: PartialTable[] = [];
  const save = (partial: PartialTable) => {
    saved.push(partialSchema.parse(JSON.parse(JSON.stringify(partial))));
    return Promise.resolve();
  };
  return { saved, save };
}

describe('buildTable', () => {
  test('on a device whose times add up, every entry is exact and every architecture is predicted', async () => {
    const table = await build(new CountingDevice());
    expect(table.entries).toHaveLength(required.filter(({ entry }) => entry.kind === 'operation').length);
    for (const { operation, inChannels, outChannels, stride, size, medianMs } of table.entries) {
      const layers = layersOf(operation, { inChannels, outChannels, stride, size });
      const own = layers.map((layer) => {
        const weights =
          (layer.inChannels / layer.groups) * layer.outChannels * layer.kernel[0] * layer.kernel[1];
        return TIMES.convolution + weights * TIMES.weight;
      });
      expect(medianMs).toBeCloseTo(
        own.reduce((a, b) => a + b, 0),
        9,
      );
    }
    for (const { medianMs } of table.additions) expect(medianMs).toBeCloseTo(TIMES.addition, 9);
    expect(table.correction.scale).toBeCloseTo(1, 6);
    // Off comes what surrounds stem and tail: a convolution of 8 to 8 channels, and one of 8 to 24.
    const around = 2 * TIMES.convolution + (8 * 8 + 8 * 24) * TIMES.weight;
    expect(table.correction.biasMs).toBeCloseTo(-around, 6);
    expect(table.trust).toMatchObject({ fitted: 20, judged: 20, within5: 1, within10: 1 });
    expect(table.trust!.worst.error).toBeCloseTo(0, 9);
    expect(parseLatencyTable(JSON.parse(JSON.stringify(table)))).toMatchObject({ kind: 'operations' });
    expect(table).toMatchObject({
      device: { id: 'counting', kind: 'host', model: 'Made up', properties: { 'made.up': 'yes' } },
      runtime: { name: 'arithmetic 1', threads: 1, pinned: [] },
      createdAt: '2026-01-02T03:04:05.000Z',
    });
  });

  test('a device that takes longer for whole networks is corrected', async () => {
    const slower = new CountingDevice((ms, { linear, convolutions }) =>
      linear && convolutions[0]?.[1] === IMAGES ? 1.25 * ms + 0.5 : ms,
    );
    const table = await build(slower);
    expect(table.correction.scale).toBeCloseTo(1.25, 6);
    expect(table.trust).toMatchObject({ within5: 1 });
  });

  test('says so where predictions cannot be trusted', async () => {
    const random = randomFrom(9, 'moods');
    const table = await build(
      new CountingDevice((ms, { linear }) => (linear ? ms * (1 + random.next()) : ms)),
    );
    expect(table.trust!.within5).toBeLessThan(0.6);
    expect(Math.abs(table.trust!.worst.error)).toBeGreaterThan(0.1);
  });

  test('does not take it for a mistake of the table where something disturbs one measurement of an architecture', async () => {
    let whole = 0;
    const table = await build(
      new CountingDevice((ms, { linear, convolutions }) => {
        if (!linear || convolutions[0]?.[1] !== IMAGES) return ms;
        whole += 1;
        // Two neighbours, once.
        return whole === 60 || whole === 61 ? 1.16 * ms : ms;
      }),
    );
    expect(whole).toBeGreaterThan(80);
    expect(table.trust).toMatchObject({ within10: 1 });
  });

  test('is exact, but for one factor, on a device that is slower in some calls than in others', async () => {
    const exact = await build(new CountingDevice());
    let slower = 1;
    const table = await build(
      new CountingDevice(
        (ms) => slower * ms,
        (call) => (slower = call % 3 === 0 ? 1.7 : 1),
      ),
    );
    const factor = table.entries[0]!.medianMs / exact.entries[0]!.medianMs;
    table.entries.forEach(({ medianMs }, place) => {
      expect(medianMs / exact.entries[place]!.medianMs / factor).toBeCloseTo(1, 9);
    });
    expect(table.trust).toMatchObject({ within5: 1 });
    expect(table.trust!.worst.error).toBeCloseTo(0, 2);
  });

  test('holds differences that noise made negative at a small time, and marks them', async () => {
    const table = await build(
      new CountingDevice((ms, { additions }) => ms - additions * (TIMES.addition + 0.001)),
    );
    expect(table.additions.every(({ medianMs, clipped }) => medianMs === 1e-4 && clipped === true)).toBe(
      true,
    );
    expect(table.entries.some(({ clipped }) => clipped)).toBe(false);
  });

  test('draws half of the architectures from the band, by the corrected table', async () => {
    const slower = new CountingDevice((ms, { linear }) => (linear ? 2 * ms : ms));
    const plain = await build(slower);
    const median = [...plain.trust!.pairs].sort((a, b) => a.measuredMs - b.measuredMs)[20]!.measuredMs;
    const band = targetBand(median, 0.05 * median);
    const { trust } = await build(slower, {
      trust: { architectures: 40, seed: 1, subsetSize: 4, method: 'nse', band },
    });
    const inside = trust!.pairs.filter(
      ({ measuredMs }) => measuredMs > band.above && measuredMs < band.below,
    );
    expect(inside.length).toBeGreaterThanOrEqual(20);
    expect(inside.filter(({ fitted }) => fitted).length).toBeGreaterThanOrEqual(10);
  });

  test('draws half of them from a band of MACs, as a target in milliseconds that is still to come lies there', async () => {
    const macs = macsCost(network, pool);
    const of = (code: string) => macs.total(decodeArchitecture(code, network, pool));
    const trust = { architectures: 40, seed: 1, subsetSize: 4, method: 'nse' } as const;
    const plain = await build(new CountingDevice(), { trust });
    // Fewer than nearly all architectures that are drawn anywhere: the table would have to guess what these take.
    const [, , few = 0] = plain.trust!.pairs.map(({ code }) => of(code)).sort((a, b) => a - b);
    const macsBand = likeBand(few);
    const inside = (code: string) => of(code) > macsBand.above && of(code) < macsBand.below;
    const { trust: found } = await build(new CountingDevice(), { trust: { ...trust, macsBand } });
    const within = found!.pairs.filter(({ code }) => inside(code));
    expect(within.length).toBeGreaterThanOrEqual(20);
    expect(within.filter(({ fitted }) => fitted).length).toBeGreaterThanOrEqual(10);
    expect(plain.trust!.pairs.filter(({ code }) => inside(code)).length).toBeLessThan(10);
  });

  test('draws them anywhere where the band cannot be reached, so that there is a table to say so', async () => {
    const { trust } = await build(new CountingDevice(), {
      trust: { architectures: 40, seed: 1, subsetSize: 4, method: 'nse', band: targetBand(1e6, 1) },
    });
    expect(trust).toMatchObject({ fitted: 20, judged: 20, within5: 1 });
    expect(new Set(trust!.pairs.map(({ code }) => code)).size).toBe(40);
  });

  test('goes on after the device went away, and measures nothing twice', async () => {
    const straight = new CountingDevice();
    const table = await build(straight);
    const { saved, save } = keeper();
    const seen: string[] = [];
    for (let tries = 1; ; tries++) {
      const device = new CountingDevice(undefined, (call) => {
        if (call === 3) throw new NseError('UNAVAILABLE', 'unplugged');
      });
      const known = saved.at(-1);
      const result = await build(device, { save, ...(known && { known }) }).catch((error: unknown) => error);
      seen.push(...device.seen);
      if (result instanceof NseError) {
        expect(result).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
        expect(result.message).toMatch(/^measuring .* on counting: unplugged$/);
        continue;
      }
      expect(tries).toBeGreaterThan(3);
      expect(result).toEqual(table);
      break;
    }
    expect([...seen].sort()).toEqual([...straight.seen].sort());
  });

  test('names the operation whose model the device refuses', async () => {
    const refusing = new CountingDevice(undefined, (_, models) => {
      const wide = models.some(({ convolutions, linear }) => {
        const has = (...shape: number[]) => convolutions.some((each) => each.join() === shape.join());
        return !linear && has(24, 48, 1, 1) && has(48, 1, 3, 3);
      });
      if (wide) throw new NseError('FAILED_PRECONDITION', 'operator unknown');
    });
    const failure: unknown = await build(refusing).catch((error: unknown) => error);
    // 16 channels three times, to 24: only the last cell has them.
    expect(failure).toMatchObject({ code: 'FAILED_PRECONDITION', retryable: false });
    expect((failure as NseError).message).toMatch(
      /^measuring MBConv k3 t3[ d0-9]*, 16 to 24 channels, stride 2, size 2x2 on counting: operator unknown$/,
    );
  });

  test('measures only what a table lacks', async () => {
    const fewer = { ...pool, operations: pool.operations.slice(0, 4) };
    const first = await build(new CountingDevice(), { pool: fewer });
    const device = new CountingDevice();
    const progress: Progress[] = [];
    const table = await build(device, { table: first, onProgress: (now) => void progress.push(now) });
    const cost = (content: OperationTableContent) => latencyCost(network, pool, parseLatencyTable(content));
    expect(() => cost(first)).toThrow('has no row');
    expect(cost(table).unit).toBe('ms');
    const more = table.entries.length - first.entries.length;
    expect(more).toBeGreaterThan(0);
    // The control besides, in every call.
    expect(device.seen.length).toBe(4 * more + 80 + device.calls);
    const total = 2 * more + 80;
    expect(progress[0]).toMatchObject({ done: 0, total });
    expect(progress.at(-1)).toMatchObject({ done: total, total });
    expect(progress[1]!.secondsLeft).toBeGreaterThanOrEqual(0);
  });

  test('measures in an order that the seed alone decides', async () => {
    const order = async (seed: number) => {
      const { saved, save } = keeper();
      const trust = { architectures: 4, seed, subsetSize: 4, method: 'nse' } as const;
      await build(new CountingDevice(), { save, trust });
      return Object.keys(saved.at(-1)!.parts);
    };
    const keys = required.flatMap(({ entry }) => [entryKey(entry), `${entryKey(entry)}#2`]);
    expect(await order(1)).toEqual(await order(1));
    expect(await order(2)).not.toEqual(await order(1));
    expect([...(await order(1))].sort()).toEqual([...keys].sort());
  });

  test('stops when it is told to', async () => {
    const stop = new AbortController();
    const onProgress = ({ done }: Progress) => (done > 0 ? stop.abort() : undefined);
    const stopped = build(new CountingDevice(), { onProgress, signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('measures a small network on this host', async () => {
    const options = {
      ...defaultMeasureOptions,
      minRuns: 20,
      within: 0.1,
      maxSeconds: 1,
      warmupSeconds: 0.02,
    };
    const few = { ...pool, operations: [pool.operations[0]!, pool.operations[3]!] };
    const trust = { architectures: 8, seed: 1, subsetSize: 2, method: 'nse' } as const;
    const table = await build(hostDevice(), { options, pool: few, trust });
    expect(table.entries).toHaveLength(2 * new Set(network.cells.map(({ index }) => index)).size);
    for (const { medianMs, runs } of table.entries) {
      expect(medianMs).toBeGreaterThan(0);
      expect(medianMs).toBeLessThan(50);
      expect(runs).toBeGreaterThan(0);
    }
    // Loose, and nothing of the scale: on a busy machine the few architectures that it is drawn through lie anyhow.
    const { predictedMs, measuredMs } = table.trust!.pairs[1]!;
    expect(predictedMs / measuredMs).toBeGreaterThan(0);
    expect(predictedMs / measuredMs).toBeLessThan(2);
  }, 120_000);
});
