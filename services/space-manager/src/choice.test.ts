import type { FrontPoint } from '@nse/messaging';
import { decodeArchitecture, encodeArchitecture, macroNetwork, macsCost, networkAt } from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';
import { chooseByCost, toMeasure } from './choice.js';
import { dueEvents } from './due.js';
import { finishRounds } from './finish.js';
import { chooseScaled } from './scaled-choice.js';
import type { SearchState } from './state.js';
import { searchState, writtenSpec } from './testing/search.js';

const point = (cost: number, accuracy: number): FrontPoint => ({
  code: String(cost),
  cost,
  macs: cost,
  accuracy,
  round: 1,
});

/** Bent at 1.10; 1.41 is more than target + drift. */
const bent = [
  point(1.05e6, 0.6),
  point(1.1e6, 0.8),
  point(1.3e6, 0.84),
  point(1.39e6, 0.85),
  point(1.41e6, 0.99),
];

const specWith = (choose: object, rest: object = {}) => parseSpec({ ...writtenSpec, ...rest, choose });

describe('the choice from the front', () => {
  it('is the most accurate within the budget, or the knee of what is within the budget', () => {
    expect(chooseByCost({ front: bent, spec: specWith({}) }).cost).toBe(1.39e6);
    expect(chooseByCost({ front: bent, spec: specWith({ by: 'knee' }) }).cost).toBe(1.1e6);
    // The one that is too dear would bend the front elsewhere.
    expect(chooseByCost({ front: bent.slice(2), spec: specWith({ by: 'knee' }) }).cost).toBe(1.39e6);
  });

  it('fails by name where nothing is within the budget, whatever the rule', () => {
    for (const by of ['accuracy', 'knee']) {
      expect(() => chooseByCost({ front: bent.slice(4), spec: specWith({ by }) })).toThrow(
        'nothing on the front costs at most 1400000: the cheapest costs 1410000',
      );
    }
  });

  it('has the device measure the best by its own rule', () => {
    const latency = { device: 'phone', targetMs: 1.2e6, driftMs: 0.2e6, remeasure: 3 };
    const measured = (choose: object) =>
      toMeasure({ front: bent, spec: specWith(choose, { constraint: { latency } }) }).map(({ cost }) => cost);
    expect(measured({})).toEqual([1.39e6, 1.3e6, 1.1e6]);
    expect(measured({ by: 'knee' })[0]).toBe(1.1e6);
  });
});

describe('the choice with scaled widths', () => {
  const network = macroNetwork(specWith({}).network);
  const pool = poolOf(specWith({}));
  const macs = macsCost(network, pool);

  /** One operation a cell; the operations cost more and more. */
  const front = [0, 2, 6].map((operation, index): FrontPoint => {
    const architecture = network.cells.map(() => [operation]);
    const cost = macs.total(architecture);
    return { code: encodeArchitecture(architecture), cost, macs: cost, accuracy: 0.5 + index / 10, round: 1 };
  });

  const finished = (choose: object): SearchState => {
    const state = searchState('s', { spec: specWith(choose), front });
    return finishRounds(state, macs, pool);
  };

  it('costs at most what the spec says, and a step wider it would cost more', () => {
    for (const scaleTo of [1.9e6, 3e6, 20e6]) {
      const spec = specWith({ scaleWidth: true, scaleTo });
      const { chosen, scaled } = chooseScaled({ front, spec });
      // Also where it costs more than target + drift as it was searched.
      expect(chosen).toBe(front[2]);
      const costAt = (scale: number) => {
        const found = networkAt(spec.network, scale);
        return macsCost(found, pool).total(decodeArchitecture(chosen.code, found, pool));
      };
      expect(costAt(scaled.scale)).toBeLessThanOrEqual(scaleTo);
      const wider = Array.from({ length: 400 }, (_, step) => scaled.scale + (step + 1) / 200);
      for (const scale of wider.filter((one) => one <= 16)) {
        const cost = costAt(scale);
        expect(cost > scaleTo || cost === costAt(scaled.scale)).toBe(true);
      }
    }
  });

  it('passes by what no width brings down to what the spec says', () => {
    const { chosen } = chooseScaled({ front, spec: specWith({ scaleWidth: true, scaleTo: 0.6e6 }) });
    expect(chosen).toBe(front[1]);
  });

  it('is stored with its scale and costs, and told to the retrainer', () => {
    const state = finished({ by: 'knee', scaleWidth: true });
    const { chosen, scaled, random, spec } = state;
    expect(scaled?.macs).toBeLessThanOrEqual(1.2e6);
    expect(scaled?.macs).toBeGreaterThan(0.8 * 1.2e6);
    expect(front).toContainEqual(chosen);
    const found = networkAt(spec.network, scaled?.scale);
    const cost = macsCost(found, pool);
    expect(cost.total(decodeArchitecture(chosen!.code, found, pool))).toBe(scaled?.macs);
    // The random one costs the same at that scale, not at the search's.
    const drawn = decodeArchitecture(random!.code, found, pool);
    expect(cost.total(drawn)).toBe(random?.cost);
    expect(random?.macs).toBe(random?.cost);
    expect(Math.abs(random!.cost / scaled!.macs - 1)).toBeLessThanOrEqual(0.1);
    const completed = dueEvents(state, undefined).find(({ type }) => type === 'search.completed');
    expect(completed?.data).toMatchObject({ chosen, scaled, random });
  });

  it('is not there where the spec asks for none', () => {
    const state = finished({});
    expect('scaled' in state).toBe(false);
    const completed = dueEvents(state, undefined).find(({ type }) => type === 'search.completed');
    expect(Object.keys(completed?.data ?? {})).toEqual(['search', 'spec', 'front', 'chosen', 'random']);
  });

  it('is one within the budget at its narrowest where no width brings any down to what the spec says', () => {
    const cheapest = specWith({ scaleWidth: true, scaleTo: 1e6 });
    const spec = { ...cheapest, choose: { by: 'accuracy', scaleWidth: true, scaleTo: 1 } } as const;
    const { chosen, scaled } = chooseScaled({ front: front.slice(0, 2), spec });
    expect(chosen).toBe(front[1]);
    expect(scaled.network.cells.map(({ outChannels }) => outChannels)).toEqual([8, 8, 8, 8, 8, 8]);
  });
});
