import type { messages } from '@nse/rpc';
import { costText, countText, measuredText, paceText, percentText } from '@nse/report';
import { unitOf } from '@nse/spec';
import { failureOf, isOver } from './follow.js';
import { operationsText } from './operations-text.js';
import { specOf } from './report-data.js';
import { searchTable } from './search-table.js';

/** A search as it is now, for people: its line of the table, then what it has come to. */
export function searchText(search: messages.Search__Output): string {
  const { chosen, model, randomModel, waiting, extensions } = search;
  const failure = failureOf(search);
  return [
    searchTable([search]),
    ...(waiting === '' ? [] : [`waiting: ${waiting}`]),
    ...(search.phase === 'FAILED' && failure ? [failure.message] : []),
    ...(search.phase === 'FAILED' || search.phase === 'PAUSED'
      ? [`This goes on with it: ./nse search resume ${search.id}`]
      : []),
    ...extensions.map(({ since, operations }) => `new from round ${since} on: ${operationsText(operations)}`),
    ...(chosen === null ? [] : [`chosen: ${chosen.code} at ${costText(chosen.cost, unitOfSearch(search))}`]),
    ...scalingText(search),
    ...latencyText(search.latency),
    ...(model === null ? [] : [`test accuracy: ${percentText(model.testAccuracy, 2)}`]),
    ...(randomModel === null ? [] : [`a random one's: ${percentText(randomModel.testAccuracy, 2)}`]),
  ].join('\n');
}

/** How widths are scaled for the retraining; nothing where they are not. */
function scalingText({ scaled }: messages.Search__Output): string[] {
  if (scaled === null) return [];
  return [`its widths are scaled to ${scaled.scale}: ${countText(scaled.macs)} MACs`];
}

/** What the chosen architecture takes on the device; nothing where it was not measured. */
function latencyText(latency: messages.Search__Output['latency']): string[] {
  if (latency?.chosen?.measuredMs === undefined) return [];
  const { device, chosen, note, pace } = latency;
  return [
    `measured on ${device}: ${measuredText(chosen)}`,
    ...(pace === null ? [] : [paceText(pace)]),
    ...(note === '' ? [] : [`note: ${note}`]),
  ];
}

/** A search in half a line: `first is running (train of round 2 of 6)`. */
export function standing(search: messages.Search__Output): string {
  const { id, phase, stage, round, rounds } = search;
  const where = outsideRounds.has(stage) ? stage : `${stage} of round ${round} of ${rounds}`;
  return `${id} ${phases[phase]}${isOver(search) && phase !== 'FAILED' ? '' : ` (${where})`}`;
}

/** The stages that belong to no round. */
const outsideRounds: ReadonlySet<string> = new Set(['prepare', 'measure', 'retrain']);

const phases: Readonly<Record<messages.Search__Output['phase'], string>> = {
  PHASE_UNSPECIFIED: 'is in no known phase',
  RUNNING: 'is running',
  RETRAINING: 'is being retrained',
  SUCCEEDED: 'has succeeded',
  FAILED: 'has failed',
  PAUSED: 'is paused',
  CANCELLED: 'is cancelled',
  DELETING: 'is being deleted',
};

const unitOfSearch = (search: messages.Search__Output) => unitOf(specOf(search).constraint);
