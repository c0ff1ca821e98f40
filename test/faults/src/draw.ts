import { serviceNames } from '@nse/cli';
import type { Random } from '@nse/space';
import type { Arming, FailpointName } from '@nse/telemetry';

type ServiceName = (typeof serviceNames)[number];

/** A fault to come. `pick` in [0, 1) chooses among what is there when it comes. */
export type Fault =
  | { readonly kind: 'kill-service'; readonly service: ServiceName }
  | { readonly kind: 'kill-worker'; readonly pick: number }
  | { readonly kind: 'kill-nats' }
  | {
      readonly kind: 'failpoint';
      readonly action: 'kill' | 'error';
      readonly pick: number;
      readonly passes: number;
    }
  | { readonly kind: 'stale-worker' }
  | { readonly kind: 'doubled'; readonly pick: number }
  | { readonly kind: 'late'; readonly pick: number }
  | { readonly kind: 'pause'; readonly pick: number };

const ofService: readonly FailpointName[] = [
  'publish.before',
  'publish.after',
  'acknowledge.before',
  'acknowledge.after',
  'state-write.before',
  'state-write.after',
];
const ofJobs: readonly FailpointName[] = [...ofService, 'job-start.before', 'job-start.after'];
const ofWorker: readonly FailpointName[] = [
  'job-start.after',
  'state-write.before',
  'state-write.after',
  'result.before',
  'result.after',
];
const ofTrainer: readonly FailpointName[] = [
  ...ofWorker,
  'checkpoint.before',
  'checkpoint.after',
  'artifact-write.before',
  'artifact-write.after',
];

/** Which points each program passes in every search. */
export const passed: Readonly<Record<string, readonly FailpointName[]>> = {
  'space-manager': ofService,
  'supernet-trainer': ofJobs,
  'supernet-trainer-worker': ofTrainer,
  'fitness-evaluator': [...ofJobs, 'artifact-write.before', 'artifact-write.after'],
  'fitness-evaluator-worker': [...ofWorker, 'acknowledge.before', 'acknowledge.after'],
  retrainer: ofJobs,
  'retrainer-worker': ofTrainer,
};

/** Every point of every program. */
export const allPoints: readonly Pick<Arming, 'program' | 'point'>[] = Object.entries(passed).flatMap(
  ([program, points]) => points.map((point) => ({ program, point })),
);

/** A kill, of whatever kind. */
export function drawKill(random: Random): Fault {
  const kind = random.next();
  if (kind < 0.3) {
    return { kind: 'kill-service', service: oneOf(serviceNames, random) };
  }
  if (kind < 0.55) return { kind: 'kill-worker', pick: random.next() };
  if (kind < 0.65) return { kind: 'kill-nats' };
  return { kind: 'failpoint', action: 'kill', pick: random.next(), passes: random.below(2) };
}

/** A fault that kills nothing. */
export function drawOther(random: Random): Fault {
  const kind = random.next();
  if (kind < 0.25) return { kind: 'doubled', pick: random.next() };
  if (kind < 0.5) return { kind: 'late', pick: random.next() };
  if (kind < 0.7) return { kind: 'failpoint', action: 'error', pick: random.next(), passes: 0 };
  if (kind < 0.9) return { kind: 'pause', pick: random.next() };
  return { kind: 'stale-worker' };
}

/** What the fault is, in a word or two, for tables. */
export function nameOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill-service':
      return `kill ${fault.service}`;
    case 'failpoint':
      return `${fault.action} at a failpoint`;
    case 'kill-nats':
      return 'kill nats-server';
    case 'kill-worker':
    case 'stale-worker':
    case 'doubled':
    case 'late':
    case 'pause':
      return fault.kind.replace('-', ' ');
  }
}

/** The item at this part of the list; undefined of an empty one. */
export function picked<T>(items: readonly T[], pick: number): T | undefined {
  return items[Math.floor(pick * items.length)];
}

function oneOf<T>(items: readonly T[], random: Random): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError('nothing to draw from');
  return item;
}
