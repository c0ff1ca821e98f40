/** Where the objects are found in the API. */
export const group = 'nse.dev';
export const version = 'v1alpha1';
export const plural = 'searches';
export const kind = 'Search';

/** The fields that a client writes. Exactly one of `preset` and `search` is there; the API server sees to it. */
export interface ResourceSpec {
  readonly preset?: string;
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly search?: Readonly<Record<string, unknown>>;
  readonly suspend?: boolean;
}

export const conditionTypes = ['Accepted', 'Progressing', 'Suspended', 'Succeeded', 'Failed'] as const;
export type ConditionType = (typeof conditionTypes)[number];
export type ConditionStatus = 'True' | 'False' | 'Unknown';

export interface Condition {
  readonly type: ConditionType;
  readonly status: ConditionStatus;
  /** A name for programs; stable. */
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  /** When `status` became what it is, ISO 8601 to the second. */
  readonly lastTransitionTime: string;
}

/** `Pending` until there is a search, `Lost` once it is gone; `Suspended` is its phase PAUSED, the others are as it calls them. */
export type ResourcePhase =
  | 'Pending'
  | 'Rejected'
  | 'Running'
  | 'Retraining'
  | 'Suspended'
  | 'Succeeded'
  | 'Failed'
  | 'Cancelled'
  | 'Deleting'
  | 'Lost';

/** The architecture that was chosen. */
export interface Chosen {
  readonly code: string;
  /** Multiply-accumulates of one image. */
  readonly macs: number;
  /** By the supernet's weights, on held-out images, in [0, 1]. */
  readonly accuracy: number;
  /** After training from scratch, on the test images, in [0, 1]. */
  readonly testAccuracy?: number;
}

/** What the controller tells of the search. Nothing in it grows with the search. */
export interface ResourceStatus {
  readonly observedGeneration?: number;
  readonly phase?: ResourcePhase;
  readonly stage?: string;
  /** The round under way, or the last; counts from 1. */
  readonly round?: number;
  readonly rounds?: number;
  readonly completedRounds?: number;
  readonly frontSize?: number;
  /** The highest accuracy on the front, in [0, 1]. */
  readonly bestAccuracy?: number;
  readonly chosen?: Chosen;
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly conditions?: readonly Condition[];
}

export interface ResourceMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly generation: number;
  /** Names this version of the object: a write of another one is refused. */
  readonly resourceVersion: string;
  readonly deletionTimestamp?: string;
}

/** A `Search` object as the API server has it. */
export interface SearchResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ResourceMetadata;
  readonly spec: ResourceSpec;
  readonly status?: ResourceStatus;
}

/** The owner of searches that are made for objects of the namespace, without the object's UID. */
export const ownerPrefix = (namespace: string) => `kubernetes:${namespace}/`;

/** For whom the search of this object is made. An object of the same name that is made later has another UID. */
export const ownerOf = ({ metadata }: Pick<SearchResource, 'metadata'>) =>
  `${ownerPrefix(metadata.namespace)}${metadata.uid}`;

export function conditionOf(status: ResourceStatus | undefined, type: ConditionType): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
