import { NseError, type Violation } from './error.js';
import type { Cell, CellKind, MacroNetwork, NetworkSpec } from './network.js';

/**
 * Per plan, what follows the N cells of each depth: the kind of cell that changes the width, or nothing at
 * the end.
 */
const PLANS: Readonly<Record<NetworkSpec['plan'], readonly (CellKind | undefined)[]>> = {
  NER: ['R', 'R', 'R', 'E', 'R', 'E'],
  NR: ['R', 'R', 'R', 'R', undefined],
};

const WIDTH_STEP = 8;

/**
 * Resolves a macro network: every cell with its channels and its sizes in pixels (algorithm page, "Macro
 * network").
 * Throws INVALID_ARGUMENT that names every wrong field.
 */
export function macroNetwork(spec: NetworkSpec): MacroNetwork {
  const transitions = PLANS[spec.plan];
  const violations = wrongFields(spec, transitions);
  if (violations.length > 0) throw NseError.invalid(violations);
  const widths = spec.widths.map((width, stage) => (stage === 0 ? width : scaledWidth(width, spec.scale)));
  const stemSize = Math.ceil(spec.imageSize / spec.stemStride);
  const cells: Cell[] = [];
  let channels = widths[0] ?? 0;
  let size = stemSize;
  const add = (kind: CellKind, outChannels: number) => {
    const stride = kind === 'R' ? 2 : 1;
    const sizeOut = Math.ceil(size / stride);
    const identity = stride === 1 && channels === outChannels;
    cells.push({
      index: cells.length,
      kind,
      inChannels: channels,
      outChannels,
      stride,
      sizeIn: size,
      sizeOut,
      identity,
    });
    channels = outChannels;
    size = sizeOut;
  };
  transitions.forEach((transition, stage) => {
    for (let repeat = 0; repeat < (spec.depths[stage] ?? 0); repeat++) add('N', channels);
    if (transition !== undefined) add(transition, widths[stage + 1] ?? channels);
  });
  return {
    imageSize: spec.imageSize,
    imageChannels: spec.imageChannels,
    classes: spec.classes,
    stem: { channels: widths[0] ?? 0, stride: spec.stemStride, sizeOut: stemSize },
    cells,
    tailChannels: spec.tailChannels,
  };
}

/** width x scale, to the nearest multiple of 8, never more than 10 % below it. */
export function scaledWidth(width: number, scale: number): number {
  const wanted = width * scale;
  const rounded = Math.max(WIDTH_STEP, Math.floor((wanted + WIDTH_STEP / 2) / WIDTH_STEP) * WIDTH_STEP);
  return rounded < 0.9 * wanted ? rounded + WIDTH_STEP : rounded;
}

function wrongFields(spec: NetworkSpec, transitions: readonly (CellKind | undefined)[]): Violation[] {
  const violations: Violation[] = [];
  const depths = transitions.length;
  const widths = 1 + transitions.filter((kind) => kind !== undefined).length;
  const expect = (holds: boolean, field: string, description: string) => {
    if (!holds) violations.push({ field: `network.${field}`, description });
  };
  const whole = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  expect(spec.depths.length === depths, 'depths', `plan ${spec.plan} takes ${depths} depths`);
  expect(spec.widths.length === widths, 'widths', `plan ${spec.plan} takes ${widths} widths`);
  expect(
    spec.depths.every((depth) => whole(depth, 0)),
    'depths',
    'every depth is a whole number, 0 or more',
  );
  expect(
    spec.widths.every((width) => whole(width, 1)),
    'widths',
    'every width is a whole number, 1 or more',
  );
  expect(spec.scale > 0 && Number.isFinite(spec.scale), 'scale', 'is more than 0');
  for (const field of ['imageSize', 'imageChannels', 'classes', 'tailChannels'] as const) {
    expect(whole(spec[field], 1), field, 'is a whole number, 1 or more');
  }
  return violations;
}
