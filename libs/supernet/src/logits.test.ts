import { Logits } from './logits.js';

const ADAM = { learningRate: 0.005, beta2: 0.999, epsilon: 1e-8 };

test('moves a logit by the learning rate at first, against its gradient', () => {
  const logits = new Logits(2, 3, ADAM);
  logits.apply([new Map([[1, 0.02]]), new Map([[0, -4]])]);
  expect(logits.of(0, 1)).toBeCloseTo(-0.005, 6);
  expect(logits.of(1, 0)).toBeCloseTo(0.005, 6);
  expect(logits.of(0, 0)).toBe(0);
});

test('lets the second moments of operations decay that were not drawn', () => {
  const drawn = new Logits(1, 2, ADAM);
  drawn.apply([new Map([[0, 1]])]);
  drawn.apply([new Map([[1, 1]])]);
  const [row] = drawn.state().secondMoments;
  expect(row![0]).toBeCloseTo(0.001 * 0.999, 12);
  expect(row![1]).toBeCloseTo(0.001, 12);
});

test('goes on from its state as if never stopped', () => {
  const straight = new Logits(2, 3, ADAM);
  const gradients = (step: number) => [new Map([[step % 3, 0.1 * step]]), new Map([[2, -0.3 / step]])];
  for (let step = 1; step <= 4; step++) straight.apply(gradients(step));
  let stopped = new Logits(2, 3, ADAM);
  for (let step = 1; step <= 4; step++) {
    stopped = Logits.from(JSON.parse(JSON.stringify(stopped.state())) as ReturnType<Logits['state']>, ADAM);
    stopped.apply(gradients(step));
  }
  expect(stopped.state()).toEqual(straight.state());
});

test('lists the logits of subsets in their order', () => {
  const logits = new Logits(2, 3, ADAM);
  logits.apply([new Map([[2, -1]]), new Map()]);
  expect(logits.ofSubsets([[2, 0], []])[0]![0]).toBeGreaterThan(0);
  expect(logits.ofSubsets([[2, 0], []])[1]).toEqual([]);
});
