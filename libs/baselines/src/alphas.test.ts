import { randomFrom } from '@nse/space';
import { softmax } from '@nse/strategies';

import { Alphas, throughSoftmax } from './alphas.js';

const settings = { learningRate: 0.1, beta1: 0.5, beta2: 0.999, decay: 1e-2 };

test('Adam takes the steps that PyTorch takes', () => {
  // torch.optim.Adam([p], lr=0.1, betas=(0.5, 0.999), weight_decay=1e-2), worked out by hand for two steps.
  const table = Alphas.from({ step: 0, alphas: [[1]], first: [[0]], second: [[0]] }, settings);
  table.apply([[0.5]]);
  expect(table.rows()[0]![0]).toBeCloseTo(0.9, 7);
  table.apply([[-0.2]]);
  const [g1, g2] = [0.51, -0.2 + 0.9 * 1e-2];
  const first = (0.5 * 0.5 * g1 + 0.5 * g2) / (1 - 0.25);
  const second = (0.999 * 0.001 * g1 ** 2 + 0.001 * g2 ** 2) / (1 - 0.999 ** 2);
  expect(table.rows()[0]![0]).toBeCloseTo(0.9 - (0.1 * first) / Math.sqrt(second), 7);
});

test('goes on from its state as if it had never stopped', () => {
  const straight = Alphas.fresh([3, 2], settings, randomFrom(1));
  const gradients = [
    [0.1, -0.2, 0.3],
    [0.4, 0],
  ];
  straight.apply(gradients);
  const resumed = Alphas.from(
    JSON.parse(JSON.stringify(straight.state())) as ReturnType<Alphas['state']>,
    settings,
  );
  straight.apply(gradients);
  resumed.apply(gradients);
  expect(resumed.state()).toEqual(straight.state());
});

test('throughSoftmax is what small changes of the logits show', () => {
  const logits = [0.3, -1.2, 2, 0.1];
  const slopes = [1, -2, 0.5, 3];
  const value = (at: readonly number[]) => softmax(at).reduce((sum, p, index) => sum + p * slopes[index]!, 0);
  throughSoftmax(softmax(logits), slopes).forEach((slope, option) => {
    const moved = (by: number) => logits.map((logit, index) => (index === option ? logit + by : logit));
    expect(slope).toBeCloseTo((value(moved(1e-5)) - value(moved(-1e-5))) / 2e-5, 8);
  });
});

test('refuses a gradient that is not finite, and names the cell', () => {
  const table = Alphas.fresh([2, 2], settings, randomFrom(1));
  const before = table.state();
  expect(() =>
    table.apply([
      [0, 0],
      [NaN, 0],
    ]),
  ).toThrow(/cell 1 have no finite gradient/);
  expect(table.state()).toEqual(before);
});
