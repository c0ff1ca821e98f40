import { amountText, percentText } from '@nse/report';
import type { NseEvent } from '@nse/messaging';

/** An event as a CloudEvent in the JSON format of CloudEvents 1.0. */
export function eventJson({ id, source, type, time, data }: NseEvent): object {
  return {
    specversion: '1.0',
    id,
    source,
    type: `nse.v1.${type}`,
    time,
    subject: data.search,
    datacontenttype: 'application/json',
    data,
  };
}

/** An event as a line for people: when, of which search, what, and what matters of its payload. */
export function eventLine(event: NseEvent): string {
  const time = event.time.slice(0, 19).replace('T', ' ');
  return [time, event.data.search, event.type.padEnd(20), factsOf(event)].join('  ').trimEnd();
}

function factsOf({ type, data }: NseEvent): string {
  switch (type) {
    case 'search.created':
      return amountText(data.rounds, 'round');
    case 'round.prepared':
      return roundText(data);
    case 'supernet.trained':
      return `${roundText(data)}, ${data.seconds.toFixed(0)} s`;
    case 'fitness.evaluated':
      return `${roundText(data)}, ${data.count} scored, ${data.seconds.toFixed(0)} s`;
    case 'round.completed':
      return `${roundText(data)}, ${frontText(data.front)}`;
    case 'search.extended':
      return `${roundText(data)}, ${data.operations.length} joined, from ${data.from} on`;
    case 'search.completed':
      return frontText(data.front);
    case 'retrain.completed':
      return `test accuracy ${percentText(data.chosen.testAccuracy, 2)}`;
    case 'task.failed':
    case 'search.failed':
      return `${data.stage}${data.round > 0 ? ` of round ${data.round}` : ''}: ${data.reason}`;
    case 'search.resumed':
      return `at ${data.stage}${data.round > 0 ? ` of round ${data.round}` : ''}`;
    case 'evaluation.requested':
      return `${data.request}, round ${data.round}, ${data.codes.length} architectures`;
    case 'evaluation.completed':
      return `${data.request}, ${data.scores.length} scored`;
    case 'evaluation.failed':
    case 'model.failed':
      return `${data.request}: ${data.reason}`;
    case 'model.requested':
      return `${data.request}, ${data.code}`;
    case 'model.trained':
      return `${data.request}, test accuracy ${percentText(data.model.testAccuracy, 2)}`;
    case 'latency.table-requested':
      return `of ${data.device}`;
    case 'latency.table-completed':
      return `${data.table}, of ${data.device}`;
    case 'latency.measurement-requested':
      return `${data.codes.length} architectures, on ${data.device}`;
    case 'latency.measurement-completed':
      return `${data.latencies.length} measured, on ${data.device}`;
    case 'search.paused':
    case 'search.cancelled':
    case 'search.deleted':
      return '';
  }
}

const roundText = ({ round, rounds }: { readonly round: number; readonly rounds: number }) =>
  `round ${round}/${rounds}`;

function frontText(front: readonly { readonly accuracy: number }[]): string {
  const best = Math.max(...front.map(({ accuracy }) => accuracy));
  return `${front.length} on the front, best ${percentText(Number.isFinite(best) ? best : undefined, 1)}`;
}
