import type { Architecture } from './architecture.js';
import type { CostBand } from './band.js';
import type { Choice } from './choice.js';
import type { Cost } from './cost.js';
import type { Random } from './random.js';
import { additionError, type Stage, stagesOf } from './stage.js';

/** Draws architectures whose cost lies in a band or a little beside it. */
export interface Guide {
  /**
   * An architecture by the choices, on condition that its rounded cost lies in the widened band. Those inside
   * the band itself follow exactly the choices' own distribution within the band. Nothing where no
   * architecture comes near the band.
   */
  draw(random: Random): Architecture | undefined;
}

/** A stage with its options' costs in whole steps above the stage's cheapest option. */
interface Steps {
  readonly stage: Stage;
  readonly chances: Float64Array;
  readonly steps: Int32Array;
  /** 1 where the option switches something on. */
  readonly on: Uint8Array;
}

/**
 * By steps spent before a stage, the relative chance to end within the band: with nothing yet on in the
 * stage's cell, and with something on. Both are the same list where that does not matter.
 */
interface Outlook {
  readonly none: Float64Array;
  readonly some: Float64Array;
}

const STEPS_A_BAND = 64;
const STEPS_A_STAGE = 8;
const MOST_STEPS = 30_000;

/**
 * Plain rejection would draw forever when the band is far from what the choices favour. Instead costs are
 * rounded to steps and the chance to end in the band is computed backwards, stage by stage and for every sum
 * of steps; drawing forwards by these chances meets the band, widened by all that rounding can do. The
 * product of the conditional chances is the choices' own chance over one constant, so rejecting what lies
 * outside the band leaves exactly the conditional distribution.
 */
export function guideTo(band: CostBand, choices: readonly Choice[], cost: Cost): Guide {
  const stages = stagesOf(choices, cost);
  const cheapest = stages.map(({ options }) => Math.min(...options.map((option) => option.cost)));
  const dearest = stages.map(({ options }) => Math.max(...options.map((option) => option.cost)));
  const least = cost.fixed + sum(cheapest);
  const error = additionError(stages, choices, cost);
  const range = Math.min(band.below + error, cost.fixed + sum(dearest)) - least;
  const perBand = Math.max(STEPS_A_BAND, STEPS_A_STAGE * stages.length);
  const step = Math.max((band.below - band.above) / perBand, range / MOST_STEPS, Number.MIN_VALUE);
  // Every stage is rounded by at most half a step.
  const slack = error + (stages.length * step) / 2;
  const from = Math.max(0, Math.ceil((band.above - least - slack) / step));
  const to = Math.floor((Math.min(band.below - least, range) + slack) / step);
  const stepped = stages.map((stage, index) => toSteps(stage, cheapest[index] ?? 0, step));
  const outlooks = to < from ? [] : outlooksOf(stepped, from, to);
  return { draw: (random) => drawForwards(stepped, outlooks, choices.length, random) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function toSteps(stage: Stage, cheapest: number, step: number): Steps {
  return {
    stage,
    chances: Float64Array.from(stage.options, ({ chance }) => chance),
    steps: Int32Array.from(stage.options, ({ cost }) => Math.round((cost - cheapest) / step)),
    on: Uint8Array.from(stage.options, ({ operations }) => (operations.length > 0 ? 1 : 0)),
  };
}

/** The outlook before each stage, and after the last one. */
function outlooksOf(stages: readonly Steps[], from: number, to: number): readonly Outlook[] {
  const end = new Float64Array(to + 1).fill(1, from);
  let next: Outlook = { none: end, some: end };
  const outlooks = [next];
  for (const stage of stages.toReversed()) {
    const { first, last, needsOne } = stage.stage;
    const impossible = new Float64Array(to + 1);
    const after = last && needsOne ? { none: impossible, some: next.some } : next;
    const none = before(stage, after.none, after.some);
    next = first || !needsOne ? { none, some: none } : { none, some: before(stage, after.some, after.some) };
    scaleToOne(next);
    outlooks.unshift(next);
  }
  return outlooks;
}

function before(
  { chances, steps, on }: Steps,
  afterNone: Float64Array,
  afterSome: Float64Array,
): Float64Array {
  const size = afterNone.length;
  const outlook = new Float64Array(size);
  for (let option = 0; option < chances.length; option++) {
    const chance = chances[option] ?? 0;
    const shift = steps[option] ?? 0;
    const after = on[option] === 1 ? afterSome : afterNone;
    for (let spent = 0; spent + shift < size; spent++) {
      outlook[spent] = (outlook[spent] ?? 0) + chance * (after[spent + shift] ?? 0);
    }
  }
  return outlook;
}

/** Only relative chances matter within a stage; this keeps rare ones from vanishing. */
function scaleToOne({ none, some }: Outlook): void {
  const largest = Math.max(
    none.reduce((a, b) => Math.max(a, b), 0),
    some.reduce((a, b) => Math.max(a, b), 0),
  );
  if (largest === 0) return;
  for (const outlook of new Set([none, some]))
    outlook.forEach((value, spent) => (outlook[spent] = value / largest));
}

function drawForwards(
  stages: readonly Steps[],
  outlooks: readonly Outlook[],
  cells: number,
  random: Random,
): Architecture | undefined {
  const architecture: number[][] = Array.from({ length: cells }, () => []);
  let spent = 0;
  let some = false;
  for (const [index, stage] of stages.entries()) {
    const { cell, first, last, needsOne, options } = stage.stage;
    if (first) some = false;
    const after = outlooks[index + 1];
    if (after === undefined) return undefined;
    const drawn = drawOption(stage, after, spent, some, last && needsOne, random);
    if (drawn < 0) return undefined;
    spent += stage.steps[drawn] ?? 0;
    some ||= stage.on[drawn] === 1;
    architecture[cell]?.push(...(options[drawn]?.operations ?? []));
  }
  return architecture.map((operations) => operations.sort((a, b) => a - b));
}

/** The place of the drawn option, or -1 when none leads into the band. */
function drawOption(
  { chances, steps, on }: Steps,
  after: Outlook,
  spent: number,
  some: boolean,
  mustHaveOne: boolean,
  random: Random,
): number {
  const weight = (option: number): number => {
    const someAfter = some || on[option] === 1;
    if (mustHaveOne && !someAfter) return 0;
    return (
      (chances[option] ?? 0) * ((someAfter ? after.some : after.none)[spent + (steps[option] ?? 0)] ?? 0)
    );
  };
  let total = 0;
  for (let option = 0; option < chances.length; option++) total += weight(option);
  let rest = random.next() * total;
  let drawn = -1;
  for (let option = 0; option < chances.length && (drawn < 0 || rest >= 0); option++) {
    const own = weight(option);
    if (own === 0) continue;
    // Rounding may leave a little of `rest` behind the last option: then that one is drawn.
    drawn = option;
    rest -= own;
  }
  return drawn;
}
