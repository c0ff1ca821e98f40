import { loadBackend } from './backend.js';
import { Sgd } from './sgd.js';
import { floats, liveTensors, read } from './tensor.js';
import { Variable } from './variable.js';

const settings = { momentum: 0.9, weightDecay: 0.01, decays: (name: string) => name === 'weight' };
const rates = [0.1, 0.2, 0.05];

/** Weights by name, with gradients that are fixed numbers. */
class Store {
  readonly #variables = new Map<string, Variable>();

  constructor(weights: Readonly<Record<string, number[]>>) {
    for (const [name, values] of Object.entries(weights)) {
      this.#variables.set(name, new Variable(floats(Float32Array.from(values), [values.length])));
    }
  }

  variable(name: string): Variable {
    return this.#variables.get(name)!;
  }

  numbers(name: string): number[] {
    return [...read(this.variable(name).value())];
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
  }
}

function step(sgd: Sgd, store: Store, gradients: Readonly<Record<string, number[]>>, rate: number): void {
  const tensors = Object.entries(gradients).map(
    ([name, values]) => [name, floats(Float32Array.from(values), [values.length])] as const,
  );
  sgd.step(store, tensors, rate);
  for (const [, tensor] of tensors) tensor.dispose();
}

beforeAll(() => loadBackend());

test('moves weights as PyTorch does: decay into the gradient, velocity, a look ahead; no decay on biases', () => {
  const store = new Store({ weight: [1, -2], bias: [0.5] });
  const sgd = new Sgd(settings);
  const expected = { weight: [1, -2], bias: [0.5] };
  const velocity = { weight: [0, 0], bias: [0] };
  rates.forEach((rate, index) => {
    const gradients = { weight: [0.3 + index, -0.1], bias: [0.2] };
    step(sgd, store, gradients, rate);
    for (const name of ['weight', 'bias'] as const) {
      expected[name] = expected[name].map((w, i) => {
        const g = gradients[name][i]! + (name === 'weight' ? 0.01 * w : 0);
        velocity[name][i] = 0.9 * velocity[name][i]! + g;
        return w - rate * (g + 0.9 * velocity[name][i]);
      });
      store.numbers(name).forEach((value, i) => expect(value).toBeCloseTo(expected[name][i]!, 5));
    }
  });
});

test('leaves weights without a gradient as they are, whatever their momentum', () => {
  const store = new Store({ weight: [1], other: [2] });
  const sgd = new Sgd(settings);
  step(sgd, store, { weight: [1], other: [1] }, 0.1);
  const before = store.numbers('other');
  step(sgd, store, { weight: [1] }, 0.1);
  expect(store.numbers('other')).toEqual(before);
});

test('goes on from its saved state to the same bits', () => {
  const straight = new Store({ weight: [1, 2, 3] });
  const sgd = new Sgd(settings);
  rates.forEach((rate) => step(sgd, straight, { weight: [0.1, 0.2, 0.3] }, rate));

  const first = new Store({ weight: [1, 2, 3] });
  const interrupted = new Sgd(settings);
  step(interrupted, first, { weight: [0.1, 0.2, 0.3] }, rates[0]!);
  const resumed = new Store({ weight: first.numbers('weight') });
  const fresh = new Sgd(settings);
  fresh.restore(interrupted.state());
  rates.slice(1).forEach((rate) => step(fresh, resumed, { weight: [0.1, 0.2, 0.3] }, rate));
  expect(resumed.numbers('weight')).toEqual(straight.numbers('weight'));
});

test('forgets a velocity on request, and frees all it has at the end', () => {
  const run = () => {
    const store = new Store({ weight: [1], bias: [1] });
    const sgd = new Sgd(settings);
    for (let index = 0; index < 20; index++) step(sgd, store, { weight: [1], bias: [1] }, 0.1);
    sgd.forget('bias');
    expect([...sgd.state().keys()]).toEqual(['weight']);
    sgd.dispose();
    store.dispose();
  };
  run();
  const before = liveTensors();
  run();
  expect(liveTensors()).toBe(before);
});

test('does not change a value that was shared before the step', () => {
  const store = new Store({ weight: [1] });
  const shared = store.variable('weight').value().clone();
  step(new Sgd(settings), store, { weight: [1] }, 0.1);
  expect([...read(shared)]).toEqual([1]);
  expect(store.numbers('weight')).not.toEqual([1]);
});
