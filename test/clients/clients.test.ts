import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { repositoryRoot } from '@nse/cli';
import type { EventType } from '@nse/messaging';
import { connect } from 'nats';
import { type Answer, calls, requestOf } from './calls.js';
import { type Failed, Grpcurl, type Outcome } from './grpcurl.js';
import { describeWith, output, programs, running } from './programs.js';
import { startSystem, tiny } from './system.js';

let system: Awaited<ReturnType<typeof startSystem>>;
let grpcurl: Grpcurl;
let nats: string;

beforeAll(async () => {
  system = await startSystem();
  grpcurl = new Grpcurl(system.runtime);
  nats = system.runtime.endpoints.nats;
});

afterAll(async () => {
  await system.stop();
});

function answersOf(outcome: Outcome): readonly unknown[] {
  if ('failed' in outcome) throw new Error(JSON.stringify(outcome.failed, undefined, 2));
  return outcome.answers;
}

function failureOf(outcome: Outcome): Failed {
  if ('failed' in outcome) return outcome.failed;
  throw new Error(`it did not fail: ${JSON.stringify(outcome.answers)}`);
}

const detail = ({ details }: Failed, type: string) =>
  details.find((each) => each['@type'] === `type.googleapis.com/google.rpc.${type}`);

/** The search is made with grpcurl, and all other tests need it: without Go they are skipped, too. */
describeWith('grpcurl', 'grpcurl', () => {
  it('lists each service with health checks and reflection, and describes them', async () => {
    for (const service of grpcurl.services) {
      const listed = await grpcurl.list(service);
      expect(listed).toEqual([
        'grpc.health.v1.Health',
        'grpc.reflection.v1.ServerReflection',
        'grpc.reflection.v1alpha.ServerReflection',
        service,
      ]);
      for (const each of listed) {
        expect(await grpcurl.describe(service, each)).toContain(`${each} is a service:`);
        for (const method of await grpcurl.list(service, [each])) {
          expect(await grpcurl.describe(service, method)).toContain(`${method} is a method:`);
        }
      }
    }
  });

  it('asks for the health', async () => {
    for (const service of grpcurl.services) {
      const answers = answersOf(await grpcurl.call('grpc.health.v1.Health/Check', { service }, service));
      expect(answers).toEqual([{ status: 'SERVING' }]);
    }
  });

  describe('with a search from its beginning', () => {
    let python: ReturnType<typeof running> | undefined;

    beforeAll(async () => {
      if (programs.python !== '') {
        const example = join(repositoryRoot, 'docs/clients/subscribe.py');
        python = running(programs.python, [example, nats, tiny.search]);
      }
      answersOf(await grpcurl.call('nse.v1.SpaceManager/CreateSearch', tiny));
    });

    afterAll(() => python?.kill());

    it('follows it by a stream until it is over', async () => {
      const request = { search: tiny.search };
      const updates = answersOf(await grpcurl.call('nse.v1.SpaceManager/WatchSearch', request)) as Update[];
      expect(updates.at(-1)).toMatchObject({ search: { id: tiny.search, phase: 'SUCCEEDED' } });
      const rounds = updates.flatMap(({ round }) => round?.round ?? []);
      expect(rounds).toEqual([1, 2]);
      expect(updates.some(({ progress }) => progress !== undefined)).toBe(true);
    });

    it('is remembered for a durable consumer: its next start is told nothing twice', async () => {
      expect(await inTypeScript('remembers')).toBe(await inTypeScript());
      const connection = await connect({ servers: nats });
      const manager = await connection.jetstreamManager();
      const { num_pending, num_ack_pending } = await manager.consumers.info('NSE', 'remembers');
      await connection.close();
      expect([num_pending, num_ack_pending]).toEqual([0, 0]);
    });

    it('has a call for every method', async () => {
      const called = new Set(calls.map(({ method }) => `nse.v1.${method.replace('/', '.')}`));
      const offered = await Promise.all(grpcurl.services.map((service) => grpcurl.list(service, [service])));
      expect([...called].sort()).toEqual(offered.flat().sort());
    });

    const seen = new Map<string, Answer>();
    const cases = calls.map((call) => ({
      ...call,
      ends: call.fails === undefined ? 'answers' : 'is refused',
      call,
    }));

    it.each(cases)('$method $ends', async ({ method, call, as, answers, fails, forSeconds }) => {
      const outcome = await grpcurl.call(`nse.v1.${method}`, requestOf(call, seen), undefined, forSeconds);
      if (fails !== undefined) {
        const failed = failureOf(outcome);
        expect(failed).toMatchObject({ code: fails.code, message: expect.stringMatching(/\w/) as unknown });
        expect(detail(failed, 'ErrorInfo')).toMatchObject({ domain: 'nse' });
        if (fails.field === undefined) return;
        const violations = detail(failed, 'BadRequest')?.['fieldViolations'] as { field: string }[];
        expect(violations.map(({ field }) => field)).toContainEqual(expect.stringContaining(fails.field));
        return;
      }
      const all = answersOf(outcome);
      // Of a stream's, one must.
      expect(all.length === 1 ? all[0] : all.find((each) => holds(each, answers))).toMatchObject(
        answers ?? {},
      );
      if (as !== undefined) seen.set(as, all[0] as Answer);
    });

    it('reads a whole model as chunks', async () => {
      const request = { search: tiny.search, role: 'CHOSEN' };
      const parts = answersOf(await grpcurl.call('nse.v1.Retrainer/DownloadModel', request)) as Part[];
      const files = parts.flatMap(({ file }) => file ?? []);
      expect(files.map(({ name }) => name)).toEqual(['architecture.json', 'model.safetensors']);
      const bytes = parts.map(({ chunk }) => Buffer.from(chunk ?? '', 'base64').length);
      expect(sum(bytes)).toBe(sum(files.map((file) => Number(file.bytes))));
    });

    describeWith('nats', 'the nats command', () => {
      const command = async (...args: string[]) => {
        const { code, stdout, stderr } = await output(programs.nats, ['--server', nats, ...args]);
        expect([code, stderr]).toEqual([0, expect.anything()]);
        return stdout;
      };

      it('replays the completed rounds, one JSON value a line', async () => {
        const events = (await stored('round.completed')).map((line) => JSON.parse(line) as RoundCompleted);
        expect(events.map(({ round }) => round)).toEqual([1, 2]);
        for (const { search, space, front, artifacts } of events) {
          expect(search).toBe(tiny.search);
          expect(space.optimized).toHaveLength(6);
          expect(front.length).toBeGreaterThan(0);
          expect(Object.keys(artifacts).sort()).toEqual(['curve', 'scores', 'weights']);
        }
      });

      it('shows headers that a person can read', async () => {
        const subject = `nse.v1.${tiny.search}.round.completed`;
        const shown = await command(
          'sub',
          '--stream',
          'NSE',
          '--all',
          '--headers-only',
          '--wait',
          '2s',
          subject,
        );
        expect(shown).toContain(`ce-id: ${tiny.search}/1/round.completed\n`);
        expect(shown).toContain('ce-type: nse.v1.round.completed\n');
        expect(shown).toMatch(/ce-time: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
      });

      it('gets the artifacts that an event names, whole', async () => {
        const [line = ''] = await stored('round.completed');
        const { artifacts } = JSON.parse(line) as RoundCompleted;
        const folder = mkdtempSync(join(tmpdir(), 'nse-objects-'));
        for (const { name, bytes, sha256 } of Object.values(artifacts)) {
          const file = join(folder, basename(name));
          await command('object', 'get', 'NSE_ARTIFACTS', name, '--output', file, '--no-progress');
          const content = readFileSync(file);
          expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([
            bytes,
            sha256,
          ]);
        }
        rmSync(folder, { recursive: true });
      });

      const stored = async (type: EventType) => {
        const subject = `nse.v1.${tiny.search}.${type}`;
        const shown = await command('sub', '--stream', 'NSE', '--all', '--raw', '--wait', '2s', subject);
        return shown.split('\n').filter((text) => text.startsWith('{'));
      };

      it('says the same as the example in TypeScript', async () => {
        const shown = (await stored('round.completed')).map(shownOf).join('');
        expect(await inTypeScript()).toBe(`${shown}over: retrain.completed\n`);
      });
    });

    describeWith('python', 'the example in Python', () => {
      it('told of each round as it came', async () => {
        const { code, stdout, stderr } = await python!.ended;
        expect([code, stderr]).toEqual([0, '']);
        expect(stdout).toBe(await inTypeScript());
      });

      it('tells a late reader the same', async () => {
        const example = join(repositoryRoot, 'docs/clients/subscribe.py');
        const { stdout } = await output(programs.python, [example, nats, tiny.search]);
        expect(stdout).toBe(await inTypeScript());
      });
    });
  });
});

/** What the example prints of the search. */
async function inTypeScript(...durable: string[]): Promise<string> {
  const example = join(repositoryRoot, 'docs/clients/dist/subscribe.js');
  const { code, stdout, stderr } = await output(process.execPath, [example, nats, tiny.search, ...durable]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

interface Update {
  readonly search?: object;
  readonly round?: { readonly round: number };
  readonly progress?: object;
}

interface Part {
  readonly file?: { readonly name: string; readonly bytes: string };
  readonly chunk?: string;
}

interface RoundCompleted {
  readonly search: string;
  readonly round: number;
  readonly rounds: number;
  readonly space: { readonly optimized: readonly (readonly number[])[] };
  readonly front: readonly { readonly code: string; readonly cost: number; readonly accuracy: number }[];
  readonly artifacts: Readonly<
    Record<string, { readonly name: string; readonly bytes: number; readonly sha256: string }>
  >;
}

/** What the examples print of an event. */
function shownOf(line: string): string {
  const { round, rounds, space, front, artifacts } = JSON.parse(line) as RoundCompleted;
  return [
    `round ${round} of ${rounds}\n`,
    ...space.optimized.map((operations, cell) => `  cell ${cell}: ${operations.join(' ') || '-'}\n`),
    ...front.map(
      ({ code, cost, accuracy }) => `  front: ${code} cost ${cost} accuracy ${accuracy.toFixed(4)}\n`,
    ),
    ...Object.entries(artifacts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, { name, bytes }]) => `  ${what}: ${name} ${bytes} bytes\n`),
  ].join('');
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Whether the answer has what is looked for, at the top. */
const holds = (answer: unknown, wanted: object = {}) =>
  Object.keys(wanted).every((key) => typeof answer === 'object' && answer !== null && key in answer);
