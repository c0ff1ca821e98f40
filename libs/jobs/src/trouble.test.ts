import type { ContainerStatus, Job, Pod } from './kubernetes-objects.js';
import { notStarted, troubleOf, warning } from './trouble.js';

const job: Job = { metadata: { name: 's-r1-train' } };

interface PodState {
  readonly index?: number;
  readonly made?: number;
  readonly phase?: string;
  readonly state?: ContainerStatus['state'];
  readonly unschedulable?: string;
}

function pod({ index = 0, made = 0, phase = 'Pending', state, unschedulable }: PodState): Pod {
  const worker = { name: 'worker', image: '', imageID: '', ready: false, restartCount: 0 };
  return {
    metadata: {
      creationTimestamp: new Date(made * 1_000),
      annotations: { 'batch.kubernetes.io/job-completion-index': String(index) },
    },
    spec: { containers: [{ name: 'worker', resources: { limits: { memory: '512Mi' } } }] },
    status: {
      phase,
      ...(state === undefined ? {} : { containerStatuses: [{ ...worker, state }] }),
      ...(unschedulable === undefined
        ? {}
        : {
            conditions: [
              { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: unschedulable },
            ],
          }),
    },
  };
}

const outOfMemory = { terminated: { exitCode: 137, reason: 'OOMKilled' } };
const running = { running: {} };

describe('what keeps a Job', () => {
  it.each<[string, PodState[], string | undefined]>([
    [
      'nothing while an image is pulled',
      [{ state: { waiting: { reason: 'ContainerCreating' } } }],
      undefined,
    ],
    ['nothing while it runs', [{ phase: 'Running', state: running }], undefined],
    [
      'no free GPU',
      [
        { phase: 'Running', state: running },
        { index: 1, unschedulable: '1 Insufficient nvidia.com/gpu' },
      ],
      'Unschedulable: 1 Insufficient nvidia.com/gpu',
    ],
    [
      'an image that is not there',
      [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }],
      'ImagePullBackOff: no such image',
    ],
    [
      'want of memory',
      [{ phase: 'Failed', state: outOfMemory }],
      'OOMKilled: a worker needed more than its 512Mi of memory',
    ],
    [
      'want of memory, also while it tries again',
      [
        { phase: 'Failed', state: outOfMemory },
        { made: 1, phase: 'Running', state: running },
      ],
      'OOMKilled: a worker needed more than its 512Mi of memory',
    ],
    [
      'nothing once the next try was enough',
      [
        { phase: 'Failed', state: outOfMemory },
        { made: 1, phase: 'Succeeded' },
      ],
      undefined,
    ],
    [
      'nothing of a pod that was replaced',
      [{ unschedulable: 'no room' }, { made: 1, phase: 'Running', state: running }],
      undefined,
    ],
  ])('is %s', (_, states, trouble) => {
    expect(troubleOf(job, states.map(pod))).toBe(trouble);
  });

  it('is the queue or the hand that suspended it', () => {
    const spec = { suspend: true, template: {} };
    const labels = { 'kueue.x-k8s.io/queue-name': 'research' };
    expect(troubleOf({ metadata: { labels }, spec }, [])).toBe(
      'Suspended: waits for its turn in queue research',
    );
    expect(troubleOf({ spec }, [])).toBe('Suspended');
  });

  it('is the newest warning where no state tells it', () => {
    const event = (seconds: number, reason: string) => ({
      metadata: {},
      involvedObject: {},
      lastTimestamp: new Date(seconds * 1_000),
      reason,
      message: 'told',
    });
    expect(warning([event(1, 'FailedMount'), event(3, 'FailedCreate'), event(2, 'Odd')])).toBe(
      'FailedCreate: told',
    );
    expect(warning([])).toBeUndefined();
  });

  it('is not a warning that outlasts what it tells of', () => {
    const event = { metadata: {}, involvedObject: {}, reason: 'FailedScheduling', message: 'no room' };
    expect(warning([event])).toBeUndefined();
  });

  it('may be looked for in the pods that have not started', () => {
    const pods = [pod({}), pod({ index: 1, phase: 'Running' })];
    expect(notStarted(pods)).toEqual([pods[0]]);
  });
});
