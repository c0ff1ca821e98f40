import { isDeepStrictEqual } from 'node:util';
import { expectedIds } from '@nse/testing';
import type { LoggedEvent } from './event-log.js';
import { type Evidence, type Json, outcomeOf } from './evidence.js';

/** Says in a sentence each what is wrong; nothing where all is well. */
export type Validator = (evidence: Evidence) => string[];

/** No event lies before one that caused it. */
export const ordered: Validator = ({ search, rounds, log }) => {
  const places = new Map(expectedIds(search, rounds).map((id, place) => [id, place]));
  let latest: { id: string; place: number } | undefined;
  const wrong: string[] = [];
  for (const { id } of log) {
    const place = places.get(id);
    if (place === undefined) continue;
    if (latest !== undefined && place < latest.place) wrong.push(`${id} comes after ${latest.id}`);
    else latest = { id, place };
  }
  return [...wrong, ...haltsOutOfOrder(log)];
};

/** A search is resumed after it was paused or had failed, never before. */
function haltsOutOfOrder(log: readonly LoggedEvent[]): string[] {
  let halted = false;
  const wrong: string[] = [];
  for (const { id, type } of log) {
    if (type === 'search.paused' || type === 'search.failed') halted = true;
    if (type !== 'search.resumed') continue;
    if (!halted) wrong.push(`${id} comes without a halt before it`);
    halted = false;
  }
  return wrong;
}

/** No fact is told twice: neither under one id, nor under two. */
export const unique: Validator = ({ log }) => {
  const counts = new Map<string, number>();
  const repeats = (type: string) => /^(search\.(paused|resumed|failed)|task\.failed)$/.test(type);
  for (const { id, type, data } of log) {
    const fact = repeats(type) ? id : `${type} of round ${Number(data['round'] ?? 0)}`;
    for (const key of new Set([id, fact])) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([key, count]) => `${key} is there ${count} times`);
};

/** Every round has all of its events, and the search one end. */
export const complete: Validator = ({ search, rounds, log }) => {
  const ids = new Set(log.map(({ id }) => id));
  return expectedIds(search, rounds).flatMap((id) => (ids.has(id) ? [] : [`${id} is missing`]));
};

/** What is stored is what the events say: one could be made again from the other. */
export const consistent: Validator = ({ search, rounds, log, state, records }) => {
  const wrong: string[] = [];
  const check = (what: string, is: unknown, should: unknown) => {
    if (!isDeepStrictEqual(is, should)) wrong.push(`${what} is not what the events say`);
  };
  const last = (type: string, round = 0) =>
    log.findLast((event) => event.type === type && (round === 0 || event.data['round'] === round))?.data ??
    {};
  if (state['phase'] !== 'SUCCEEDED') wrong.push(`the search is ${String(state['phase'])}`);
  const keys = Array.from({ length: rounds }, (_, at) => `${search}.${at + 1}`);
  check('the list of recorded rounds', Object.keys(records).sort(), keys.sort());
  for (const [at, key] of keys.entries()) {
    const told = last('round.completed', at + 1);
    check(`the front of ${key}`, records[key]?.['front'], told['front']);
    check(`the artifacts of ${key}`, records[key]?.['artifacts'], told['artifacts']);
  }
  check('the final front', state['front'], last('search.completed')['front']);
  check('the last round’s front', state['front'], last('round.completed', rounds)['front']);
  check('the chosen architecture', state['chosen'], last('search.completed')['chosen']);
  const { chosen, random } = last('retrain.completed');
  check('the retrained models', state['retrained'], { chosen, random });
  return wrong;
};

/** Every task has one result for each of its workers, which is what was reported. */
export const oneResult: Validator = ({ search, rounds, log, runs }) => {
  const wrong = Object.entries(runs).flatMap(([key, run]) =>
    run['result'] === undefined ? [`task ${key} has no result`] : [],
  );
  const weightsOf = (value: unknown) => (value as { weights?: unknown } | null | undefined)?.weights;
  const compare = (key: string, reported: unknown) => {
    const result = (runs[key]?.['result'] as { value?: unknown } | undefined)?.value;
    if (reported !== undefined && !isDeepStrictEqual(weightsOf(result), weightsOf(reported)))
      wrong.push(`the result of ${key} is not the reported one`);
  };
  for (let round = 1; round <= rounds; round++) {
    const told = log.find(({ type, data }) => type === 'supernet.trained' && data['round'] === round);
    compare(`${search}-r${round}-train.0`, told?.data);
  }
  const models = log.find(({ type }) => type === 'retrain.completed')?.data ?? {};
  for (const role of ['chosen', 'random']) {
    if (models[role] !== null) compare(`${search}-retrain-${role}.0`, models[role]);
  }
  return wrong;
};

/** A finished search leaves nothing that only its work needed: no chunk, no score, no checkpoint. */
export const tidy: Validator = ({ work, artifacts }) => [
  ...work.map((key) => `work ${key} is left over`),
  ...artifacts.filter((name) => name.includes('.checkpoint-')).map((name) => `${name} is left over`),
];

/** All that can be said of a search by itself. */
export const validators: Readonly<Record<string, Validator>> = {
  ordered,
  unique,
  complete,
  consistent,
  oneResult,
  tidy,
};

/** Every violation of a search, also against the undisturbed one of its spec. */
export function violationsOf(evidence: Evidence, undisturbed: Evidence): string[] {
  const own = Object.entries(validators).flatMap(([name, validate]) =>
    validate(evidence).map((violation) => `${evidence.search}: ${name}: ${violation}`),
  );
  const differences = sameOutcome(evidence, undisturbed);
  return [...own, ...differences.map((found) => `${evidence.search}: same: ${found}`)];
}

/** Where two runs of one spec found other things: fronts, rounds, weights, models, or the events that tell of them. */
export function sameOutcome(one: Evidence, other: Evidence): string[] {
  const path = difference(outcomeOf(one), outcomeOf(other));
  return path === undefined ? [] : [`${path} differs from the undisturbed search`];
}

/** The path of the first difference. */
function difference(one: unknown, other: unknown, path = ''): string | undefined {
  if (!isObject(one) || !isObject(other)) return Object.is(one, other) ? undefined : path;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = difference(one[key], other[key], path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
