import { alphaOf, budgetOf, isSettled, macsLimitOf, unitOf } from './budget.js';
import { parseSpec } from './parse.js';
import { presets } from './presets.js';
import { isAskedFor, settled } from './settled.js';

const withConstraint = (constraint: Record<string, unknown>) =>
  parseSpec({ ...presets['fashion-mnist'], constraint });
const open = withConstraint({ latency: { device: 'host', likeMacs: 4e6 } });
const filled = settled(open, { table: 'host-1', targetMs: 2 });

describe('a latency budget on a device', () => {
  it('leaves open what its table decides, and says so to whoever asks', () => {
    expect(open.constraint.latency).toEqual({ device: 'host', likeMacs: 4e6, remeasure: 5, threads: 1 });
    expect(isSettled(open.constraint)).toBe(false);
    expect(unitOf(open.constraint)).toBe('ms');
    expect(open.fitness).not.toHaveProperty('alpha');
    expect(open.evaluate).not.toHaveProperty('extraDrift');
    expect(() => budgetOf(open.constraint)).toThrow('not known before the latency table is there');
    expect(parseSpec(open)).toEqual(open);
  });

  it('gets table, target, drift and what follows from them once they are known', () => {
    expect(filled.constraint.latency).toMatchObject({ table: 'host-1', targetMs: 2, driftMs: 0.1 });
    expect(budgetOf(filled.constraint)).toEqual({ unit: 'ms', target: 2, drift: 0.1 });
    expect(filled.evaluate.extraDrift).toBe(0.1);
    // A miss by the drift adds as much to the loss as it does under MACs.
    expect(alphaOf(filled) * 0.1 ** filled.fitness.beta).toBeCloseTo(1e-3, 12);
    expect(parseSpec(filled)).toEqual(filled);
  });

  it('keeps what it said itself', () => {
    const said = withConstraint({ latency: { device: 'host', table: 'own', targetMs: 3, driftMs: 1 } });
    expect(settled(said, { table: 'other', targetMs: 9 })).toEqual(said);
  });

  it('is the same search before and after, and another one with another wish', () => {
    expect(isAskedFor(filled, open)).toBe(true);
    expect(isAskedFor(filled, filled)).toBe(true);
    expect(isAskedFor(open, open)).toBe(true);
    expect(isAskedFor(filled, { ...open, seed: 9 })).toBe(false);
    for (const latency of [
      { device: 'other', likeMacs: 4e6 },
      { device: 'host', likeMacs: 5e6 },
      { device: 'host', likeMacs: 4e6, driftMs: 0.3 },
      { device: 'host', targetMs: 2 },
    ]) {
      expect(isAskedFor(filled, withConstraint({ latency }))).toBe(false);
    }
  });
});

describe('MACs beside a latency budget', () => {
  it('are a limit, not the cost of the front', () => {
    const macs = { target: 4e6, drift: 4e5 };
    const both = withConstraint({ macs, latency: { table: 't', targetMs: 2 } });
    expect(budgetOf(both.constraint)).toMatchObject({ unit: 'ms', target: 2 });
    expect(macsLimitOf(both.constraint)).toEqual({ unit: 'macs', ...macs });
    expect(macsLimitOf(withConstraint({ macs }).constraint)).toBeUndefined();
    // From above only: more than any architecture has limits nothing.
    const far = withConstraint({ macs: { target: 1e12, drift: 1 }, latency: { table: 't', targetMs: 2 } });
    expect(macsLimitOf(far.constraint)?.target).toBe(1e12);
  });
});
