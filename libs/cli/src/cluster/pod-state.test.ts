import { isReady, type Pod, podState } from './pod-state.js';

const waiting = (reason: string, message?: string) => ({
  name: 'service',
  image: 'any',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
});
const condition = (type: string, status: string, reason?: string, message?: string) => ({
  type,
  status,
  ...(reason === undefined ? {} : { reason }),
  ...(message === undefined ? {} : { message }),
});

describe('how a pod stands', () => {
  it.each<[string, Pod]>([
    ['ready', { status: { phase: 'Running', conditions: [condition('Ready', 'True')] } }],
    ['running, not ready', { status: { phase: 'Running', conditions: [condition('Ready', 'False')] } }],
    [
      'ErrImageNeverPull',
      { status: { phase: 'Pending', containerStatuses: [waiting('ErrImageNeverPull')] } },
    ],
    [
      'ImagePullBackOff: no such image',
      { status: { phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff', 'no such image')] } },
    ],
    [
      'CrashLoopBackOff; it ended before with OOMKilled (exit code 137)',
      {
        status: {
          phase: 'Running',
          containerStatuses: [
            {
              ...waiting('CrashLoopBackOff'),
              lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
            },
          ],
        },
      },
    ],
    [
      'Unschedulable: 0/1 nodes are available',
      {
        status: {
          phase: 'Pending',
          conditions: [condition('PodScheduled', 'False', 'Unschedulable', '0/1 nodes are available')],
        },
      },
    ],
    ['Evicted: low on memory', { status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' } }],
    ['pending', { status: { phase: 'Pending' } }],
    ['unknown', {}],
    [
      'terminating',
      {
        metadata: { deletionTimestamp: new Date(0) },
        status: { phase: 'Running', conditions: [condition('Ready', 'True')] },
      },
    ],
  ])('%s', (state, pod) => {
    expect(podState(pod)).toBe(state);
    expect(isReady(pod)).toBe(state === 'ready');
  });
});
