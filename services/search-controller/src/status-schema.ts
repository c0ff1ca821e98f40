import type { StructuralSchema } from './structural-schema.js';

const text = (description: string): StructuralSchema => ({ type: 'string', description });
const time = (description: string): StructuralSchema => ({ ...text(description), format: 'date-time' });
const count = (description: string): StructuralSchema => ({ type: 'integer', description });
const share = (description: string): StructuralSchema => ({ type: 'number', description });

const conditions: StructuralSchema = {
  type: 'array',
  description: 'Accepted, Progressing, Suspended, Succeeded and Failed.',
  items: {
    type: 'object',
    properties: {
      type: text('Which of the five.'),
      status: { ...text('Whether it holds.'), enum: ['True', 'False', 'Unknown'] },
      reason: text('Why, as a name for programs.'),
      message: text('Why, in words.'),
      observedGeneration: count('The generation that it is of.'),
      lastTransitionTime: time('When `status` last changed.'),
    },
    required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
  },
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
};

const chosen: StructuralSchema = {
  type: 'object',
  description: 'The architecture that was chosen, once the rounds are over.',
  properties: {
    code: text('Its code.'),
    macs: count('Multiply-accumulates of one image.'),
    accuracy: share('On held-out images, by the weights of the supernet, 0 to 1.'),
    testAccuracy: share('On the test images, after training from scratch, 0 to 1.'),
    predictedMs: share('Latency by the table, in milliseconds, under a latency budget.'),
    measuredMs: share('Median latency on the device, in milliseconds, where it was measured.'),
  },
};

/** What the controller writes; see `ResourceStatus`. Fronts and all else that grows stay with the service. */
export const statusSchema: StructuralSchema = {
  type: 'object',
  description: 'How the search stands.',
  properties: {
    observedGeneration: count('The generation of `spec` that was seen last.'),
    phase: text('Where it stands, in one word.'),
    stage: text('The stage under way: `prepare`, `train`, `evaluate`, `inherit`, `measure` or `retrain`.'),
    round: count('The round under way, or the last; counts from 1.'),
    rounds: count('How many rounds there are.'),
    completedRounds: count('How many rounds are complete.'),
    frontSize: count('How many architectures the front has after the last completed round.'),
    bestAccuracy: share('The highest accuracy on the front, 0 to 1.'),
    chosen,
    startTime: time('When the search was created.'),
    completionTime: time('When it succeeded, failed or was cancelled.'),
    conditions,
  },
};
