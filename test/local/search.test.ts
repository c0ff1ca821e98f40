import { createHash } from 'node:crypto';
import { serviceNames } from '@nse/cli';
import { withoutTimes } from '@nse/report';
import type { messages } from '@nse/rpc';
import { decodeArchitecture, macroNetwork, macsCost } from '@nse/space';
import { budgetOf, poolOf } from '@nse/spec';
import { tinySpec } from '@nse/testing';
import { descendants, findBelow, hasLoaded, listeningAddresses } from './processes.js';
import { LocalSystem, until } from './system.js';

let system: LocalSystem;
beforeAll(async () => {
  system = await LocalSystem.start();
});

afterAll(async () => {
  await system.stop();
});

describe('a search by gRPC', () => {
  const spec = tinySpec();
  const updates: messages.SearchUpdate__Output[] = [];
  const loopback = new Set<string>();
  let trainersWithTensorFlow = 0;
  let over: messages.Search__Output;

  beforeAll(async () => {
    over = await system.search('first', spec, (update) => {
      updates.push(update);
      if (!update.progress) return;
      const running = descendants(process.pid);
      for (const address of listeningAddresses(running.map(({ pid }) => pid))) loopback.add(address);
      const worker = running.find(({ command }) => command.includes('supernet-trainer/dist/worker.js'));
      if (worker && hasLoaded(worker.pid, 'libtensorflow')) trainersWithTensorFlow++;
    });
  });

  it('succeeds, with a chosen architecture inside of the budget', () => {
    expect(over.failure).toBeNull();
    expect(over).toMatchObject({ phase: 'SUCCEEDED', round: 2, rounds: 2 });
    const { target, drift } = budgetOf(spec.constraint);
    const { code, macs } = over.chosen!;
    const network = macroNetwork(spec.network);
    const pool = poolOf(spec);
    expect(macsCost(network, pool).total(decodeArchitecture(code, network, pool))).toBe(macs);
    expect(macs).toBeLessThan(target + drift);
  });

  it('is told of live: progress of every stage, each round once, then the end', () => {
    const stages = updates.flatMap(({ progress }) => progress?.stage ?? []);
    expect(new Set(stages)).toEqual(new Set(['train', 'evaluate', 'retrain']));
    const progress = updates.flatMap(({ progress: found }) => found ?? []);
    for (const { step, steps, search } of progress) {
      expect(search).toBe('first');
      expect(step).toBeLessThanOrEqual(steps);
    }
    expect(updates.flatMap(({ round }) => round?.round ?? [])).toEqual([1, 2]);
    const phases = updates.flatMap(({ search }) => search?.phase ?? []);
    expect(phases.filter((phase, place) => phase !== phases[place - 1])).toEqual([
      'RUNNING',
      'RETRAINING',
      'SUCCEEDED',
    ]);
  });

  it('gives its rounds and fronts', async () => {
    const rounds = await system.rounds(over);
    for (const { round, front, scored, curve, space, seconds } of rounds) {
      const { front: again } = await system.clients.spaceManager.getFront({ search: 'first', round });
      expect(again).toEqual(front);
      expect(front.map(({ accuracy }) => accuracy)).toEqual(
        front.map(({ accuracy }) => accuracy).sort((a, b) => a - b),
      );
      expect(scored).toBeGreaterThanOrEqual(12);
      expect(curve.length).toBeGreaterThan(0);
      expect(space?.subsets.every(({ index }) => index.length >= 5)).toBe(true);
      expect(seconds['train']).toBeGreaterThan(0);
    }
    expect(over.front).toEqual(rounds.at(-1)?.front);
  });

  it('is known to the services that did the work', async () => {
    const training = await system.trainer.getTraining({ search: 'first', round: 0 });
    expect(training).toMatchObject({ round: 2, state: 'TASK_STATE_SUCCEEDED', attempts: 1, failure: null });
    expect(training.weights?.bytes).toBeGreaterThan(10_000);
    const evaluation = await system.evaluator.getEvaluation({ search: 'first', round: 1 });
    expect(evaluation).toMatchObject({ state: 'TASK_STATE_SUCCEEDED', total: 14, scored: 14, workers: 2 });
    const retraining = await system.clients.retrainer.getRetraining({ search: 'first' });
    expect(retraining).toMatchObject({ state: 'TASK_STATE_SUCCEEDED', failure: null });
  });

  it('hands its model out, which is what its checksums say', async () => {
    const files = new Map<string, { sha256: string; content: Buffer[] }>();
    let current: Buffer[] = [];
    for await (const { file, chunk } of system.clients.retrainer.downloadModel({ search: 'first' })) {
      if (file) files.set(file.name, { sha256: file.sha256, content: (current = []) });
      else if (chunk) current.push(Buffer.from(chunk));
    }
    expect([...files.keys()]).toEqual(['architecture.json', 'model.safetensors']);
    for (const { sha256, content } of files.values()) {
      expect(createHash('sha256').update(Buffer.concat(content)).digest('hex')).toBe(sha256);
    }
    expect(over.model?.testAccuracy).toBeGreaterThan(0.15);
    expect(over.model?.code).toBe(over.chosen?.code);
    expect(over.randomModel?.testAccuracy).toBeGreaterThan(0.05);
  });

  it('makes a valid report', async () => {
    const report = await system.report(over);
    expect(withoutTimes(report)).toMatchObject({ name: 'tiny', seed: 11, schema: 1 });
  });

  it('is watched from its end, too: all rounds, then the outcome', async () => {
    const late: messages.SearchUpdate__Output[] = [];
    for await (const update of system.clients.spaceManager.watchSearch({ search: 'first' }))
      late.push(update);
    expect(late.flatMap(({ round }) => round?.round ?? [])).toEqual([1, 2]);
    expect(late.at(-1)?.search?.phase).toBe('SUCCEEDED');
  });

  it('needs TensorFlow in its workers alone', () => {
    expect(trainersWithTensorFlow).toBeGreaterThan(0);
    for (const name of serviceNames) {
      const service = findBelow(process.pid, new RegExp(`services/${name}/dist/main.js`));
      expect(hasLoaded(service!.pid, 'libtensorflow')).toBe(false);
    }
  });

  it('is reachable from this machine alone', () => {
    expect([...loopback]).toEqual(['0100007F']);
  });

  it('leaves no worker running', async () => {
    const workers = () => descendants(process.pid).filter(({ command }) => command.includes('worker.js'));
    await until('workers end', () => workers().length === 0);
  });
});
