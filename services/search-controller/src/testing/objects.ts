import type { ResourceSpec, ResourceStatus, SearchResource } from '../resource.js';
import type { Search } from '../step.js';

/** An object as the API server would have it. */
export function resourceOf(spec: ResourceSpec, status?: ResourceStatus, generation = 1): SearchResource {
  const metadata = { name: 'one', namespace: 'team', uid: 'u-1', generation, resourceVersion: '7' };
  return {
    apiVersion: 'nse.dev/v1alpha1',
    kind: 'Search',
    metadata,
    spec,
    ...(status === undefined ? {} : { status }),
  };
}

/** The search of that object. */
export function searchOf(changes: Partial<Search> = {}): Search {
  return {
    id: 'one',
    name: 'one',
    phase: 'RUNNING',
    stage: 'train',
    round: 1,
    rounds: 6,
    spec: null,
    front: [],
    chosen: null,
    model: null,
    randomModel: null,
    failure: null,
    createTime: { seconds: 1_700_000_000, nanos: 5_000_000 },
    updateTime: { seconds: 1_700_000_100, nanos: 0 },
    resumes: 0,
    waiting: '',
    owner: 'kubernetes:team/u-1',
    latency: null,
    scaled: null,
    extensions: [],
    ...changes,
  };
}
