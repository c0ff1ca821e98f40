import { downloadModel, exportArchitecture } from '@nse/cli';
import type { messages } from '@nse/rpc';
import { decodeArchitecture, macsCost, networkAt } from '@nse/space';
import { poolOf } from '@nse/spec';
import { tinyFields, tinySpec } from '@nse/testing';
import { LocalSystem } from './system.js';

let system: LocalSystem;
let over: messages.Search__Output;

const search = 'scaled';
// Wide enough for many a width between: at 8 channels the next one doubles a cell.
const network = { ...tinyFields.network, widths: [8, 24, 40, 48, 64] };
const goal = 3e6;
const spec = tinySpec({
  network,
  rounds: 1,
  constraint: { macs: { target: 1.5e6, drift: 0.45e6 } },
  choose: { by: 'knee', scaleWidth: true, scaleTo: goal },
});

beforeAll(async () => {
  system = await LocalSystem.start();
  over = await system.search(search, spec);
});

afterAll(async () => {
  await system.stop();
});

/** What architecture.json tells that is compared here. */
interface Described {
  readonly code: string;
  readonly macs: number;
  readonly params: number;
  readonly network: unknown;
}

async function ended(updates: AsyncIterable<unknown>): Promise<void> {
  let count = 0;
  for await (const update of updates) count += update === undefined ? 0 : 1;
  expect(count).toBeGreaterThan(0);
}

describe('a search that chooses the knee and scales its widths', () => {
  it('trains both models at most at the cost that it was given, a few percent below', () => {
    expect(over).toMatchObject({ phase: 'SUCCEEDED', failure: null });
    expect(over.scaled?.scale).toBeGreaterThan(1);
    expect(over.model?.code).toBe(over.chosen?.code);
    expect(over.model?.macs).toBe(over.scaled?.macs);
    expect(over.model?.macs).toBeLessThanOrEqual(goal);
    expect(over.model?.macs).toBeGreaterThan(0.9 * goal);
    expect(Math.abs(over.randomModel!.macs / over.model!.macs - 1)).toBeLessThanOrEqual(0.1);
    // The front stays as it was searched.
    expect(over.front).toContainEqual(over.chosen);
    expect(over.chosen!.macs).toBeLessThan(over.model!.macs);
  });

  it('chose what lies farthest above the line between the ends of the front', () => {
    const points = over.front.filter(({ cost }) => cost <= goal);
    const [costs, accuracies] = [points.map(({ cost }) => cost), points.map(({ accuracy }) => accuracy)];
    const part = (value: number, of: number[]) =>
      Math.max(...of) === Math.min(...of)
        ? 0
        : (value - Math.min(...of)) / (Math.max(...of) - Math.min(...of));
    const height = ({ cost, accuracy }: { cost: number; accuracy: number }) =>
      part(accuracy, accuracies) - part(cost, costs);
    expect(height(over.chosen!)).toBeCloseTo(Math.max(...points.map(height)), 9);
  });

  it('tells of the same network in architecture.json, the description, the report, and the files of the model', async () => {
    const { spaceManager, retrainer } = system.clients;
    const { scale = 0 } = over.scaled ?? {};
    const pool = poolOf(spec);
    const wider = networkAt(spec.network, scale);
    for (const [random, model] of [
      [false, over.model!],
      [true, over.randomModel!],
    ] as const) {
      const { code } = model;
      const files = await downloadModel(retrainer, search, { random });
      const described = JSON.parse(String(files.get('architecture.json'))) as Described;
      expect(described).toMatchObject({ code, macs: model.macs, params: model.params, network: wider });
      expect(macsCost(wider, pool).total(decodeArchitecture(code, wider, pool))).toBe(model.macs);
      const told = await spaceManager.describeArchitecture({ search, code, widthScale: scale });
      expect(told).toMatchObject({ macs: model.macs, params: model.params, cost: model.macs });
      const searched = await spaceManager.describeArchitecture({ search, code });
      expect(searched.macs).toBeLessThan(model.macs);
      // Fresh weights of the same network are as many as the trained ones.
      for (const format of ['onnx', 'tflite'] as const) {
        const name = `model.${format}`;
        const trained = (await downloadModel(retrainer, search, { random, format })).get(name)!;
        const which = { search, code, format };
        const fresh = await exportArchitecture(retrainer, { ...which, widthScale: scale });
        const narrow = await exportArchitecture(retrainer, which);
        // Beside weights only what the files say of themselves differs.
        expect(Math.abs(fresh.get(name)!.length - trained.length)).toBeLessThan(4_096);
        expect(trained.length - narrow.get(name)!.length).toBeGreaterThan(4_096);
      }
    }
    const report = await system.report(over);
    expect(report.chosen).toMatchObject({ macs: over.model?.macs, params: over.model?.params });
    expect(report.random).toMatchObject({ macs: over.randomModel?.macs, params: over.randomModel?.params });
    expect(report.scaled).toMatchObject({ scale, goal, searchedMacs: over.chosen?.macs });
    expect(report.scaled?.network.cells.map(({ outChannels }) => outChannels)).toEqual(
      wider.cells.map(({ outChannels }) => outChannels),
    );
  });

  it('gives the very weights of its model for a retraining of that code and scale, and others without the scale', async () => {
    const { retrainer } = system.clients;
    const { code = '' } = over.chosen ?? {};
    const { scale = 0 } = over.scaled ?? {};
    const { id } = await retrainer.startRetraining({ search, code, widthScale: scale });
    await ended(retrainer.watchRetraining({ search, id }));
    const asked = await retrainer.getRetraining({ search, id });
    expect(asked).toMatchObject({ widthScale: scale, state: 'TASK_STATE_SUCCEEDED' });
    expect(asked.chosen?.weights?.sha256).toBe(
      (await retrainer.getRetraining({ search })).chosen?.weights?.sha256,
    );
    expect((await retrainer.startRetraining({ search, code })).id).not.toBe(id);
  });
});
