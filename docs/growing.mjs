// How the front of a search went on while its pool grew, as a table in Markdown, from the system that ./nse up runs:
//   node docs/growing.mjs growing grown
// A later search goes on from the one before. Every front is compared with the one before by the scores of one supernet: that of its own
// round, which scores both.
import { Buffer } from 'node:buffer';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { connect, readEndpoints, endpointsPath } from '@nse/cli';
import { connectBus } from '@nse/messaging';
import { percentText } from '@nse/report';

/** @typedef {{ code: string, cost: number, accuracy: number, origin: 'sampled' | 'extra' | 'front' }} Scored */

const { values, positionals } = parseArgs({
  options: { endpoints: { type: 'string' } },
  allowPositionals: true,
});
const endpoints = readEndpoints(endpointsPath(values.endpoints, process.env));
const system = connect(endpoints);
const bus = await connectBus({ url: endpoints.nats, name: 'docs' });

/** @param {string} name @returns {Promise<Scored[]>} */
const scoresIn = async (name) => JSON.parse(Buffer.from(await bus.artifacts.get(name)).toString());

/** @param {readonly number[]} numbers */
const best = (numbers) => (numbers.length === 0 ? '-' : percentText(Math.max(...numbers), 1));

const rows = [];
/** @type {readonly { code: string }[]} */
let before = [];
for (const search of positionals) {
  const { rounds } = await system.spaceManager.listRounds({ search, pageSize: 1000 });
  for (const { round, space, front, artifacts } of rounds) {
    const scored = await scoresIn(artifacts.scores.name);
    const again = scored.filter(({ origin }) => origin === 'front');
    const worse = again.filter(
      (old) => !front.some(({ cost, accuracy }) => cost <= old.cost && accuracy >= old.accuracy),
    );
    const count = (cells) => cells.reduce((sum, { index }) => sum + index.length, 0);
    rows.push([
      ...[search, round, count(space.tried), count(space.kept), count(space.dropped)],
      Math.max(...space.pending.map(Number)),
      ...[again.length, best(again.map(({ accuracy }) => accuracy))],
      ...[front.length, best(front.map(({ accuracy }) => accuracy))],
      again.length === before.length ? worse.length : `${again.length} of ${before.length} scored`,
    ]);
    before = front;
  }
}
system.close();
await bus.close();

const heads = [
  ...['search', 'round', 'tried', 'kept', 'dropped', 'most waiting in a cell'],
  ...['old front', 'its best, scored again', 'new front', 'its best', 'old points that nothing reaches'],
];
const line = (cells) => `| ${cells.join(' | ')} |`;
process.stdout.write([heads, heads.map(() => '---'), ...rows].map(line).join('\n') + '\n');
