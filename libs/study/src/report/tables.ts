import { bytesText, countText, durationText, percentText } from '@nse/report';
import type { Spread } from '../statistics/spread.js';
import { comparisonTable, trainedFrontsTable } from './comparison-tables.js';
import { trainedAccuracy } from './comparisons.js';
import { decimals, percent, points, spreadText } from './figures.js';
import { labelOf, methodsOf } from './labels.js';
import type { GroupReport, StudyReport } from './report.js';
import type { Table } from './table.js';

/** All tables of the report, in order; those that have nothing to tell are left out. */
export function tablesOf(report: StudyReport): Table[] {
  const tables = [
    accuracy(report),
    comparisonTable(report),
    aheadOfRandom(report),
    ...variantTables(report),
    cost(report),
    failures(report),
    supernetAccuracy(report),
    hypervolumes(report),
    ranks(report),
    trainedFrontsTable(report),
    rounds(report),
    everyRun(report),
    pools(report),
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

/** A row for each method, a column for each pool size. */
function bySize(
  report: StudyReport,
  head: Omit<Table, 'columns' | 'texts' | 'rows'>,
  cell: (group: GroupReport) => string,
): Table {
  const { groups, axes } = report;
  const sizes = axes.poolSizes.toSorted((a, b) => a - b);
  const plain = groups.filter(({ variant }) => variant === null);
  const rows = methodsOf(report)
    .filter((method) => plain.some((group) => group.method === method))
    .map((method) => [
      method,
      ...sizes.map((size) => {
        const group = plain.find((one) => one.method === method && one.poolSize === size);
        return group === undefined ? '-' : cell(group);
      }),
    ]);
  return { ...head, columns: ['Method', ...sizes.map((size) => `${size} operations`)], texts: 1, rows };
}

function accuracy(report: StudyReport): Table {
  const note = 'Per cent, mean ± standard deviation over seeds (how many).';
  return bySize(report, { title: 'Test accuracy after training from scratch, by pool size', note }, (group) =>
    spreadText(group.testAccuracy, percent),
  );
}

function aheadOfRandom(report: StudyReport): Table {
  const note =
    'Points by which the chosen architecture is ahead of a random one of the same cost and pool after the same training.';
  const table = bySize(report, { title: 'Ahead of a random architecture', note }, (group) =>
    spreadText(group.aheadOfRandom, points).replace('± +', '± '),
  );
  return { ...table, rows: table.rows.filter(([, ...cells]) => cells.some((cell) => cell !== '-')) };
}

function variantTables({ groups, variants }: StudyReport): Table[] {
  if (variants.length === 0) return [];
  const note = `Per cent. ${variants.map(({ name, about }) => `${name}: ${about ?? 'see the study'}.`).join(' ')}`;
  return [
    {
      title: 'Variants',
      note,
      columns: [
        'Variant',
        'Method',
        'Operations',
        'Test accuracy',
        'Supernet accuracy',
        'Hypervolume',
        'Train time',
      ],
      texts: 2,
      rows: groups.map((group) => [
        group.variant ?? 'plain',
        group.method,
        String(group.poolSize),
        spreadText(group.testAccuracy, percent),
        spreadText(group.supernetAccuracy, percent),
        spreadText(group.hypervolume, decimals),
        spreadText(group.trainSeconds, durationText),
      ]),
    },
  ];
}

function cost({ groups }: StudyReport): Table {
  return {
    title: 'Search cost',
    note: 'Steps of weight training and architectures scored over all rounds; wall time, several runs at once; memory: the most that one worker held.',
    columns: ['Runs', 'Operations', 'Steps', 'Scored', 'Training', 'Scoring', 'Memory'],
    texts: 1,
    rows: groups.map((group) => [
      labelOf(group),
      String(group.poolSize),
      meanText(group.steps, countText),
      meanText(group.scored, countText),
      spreadText(group.trainSeconds, durationText),
      spreadText(group.evaluateSeconds, durationText),
      meanText(group.peakMemoryBytes, bytesText),
    ]),
  };
}

const meanText = (spread: Spread | null, text: (value: number) => string) =>
  spread === null ? '-' : text(spread.mean);

function failures({ groups, runs }: StudyReport): Table {
  const failed = groups.filter(({ notConverged }) => notConverged > 0);
  const none = runs.length === 0 ? [] : [['none', '-', String(runs.length), '0', '0', '']];
  return {
    title: 'Failures to converge',
    note: 'Runs that failed, and runs whose network is hardly better than chance after training from scratch (at most 1.1 times).',
    columns: ['Runs', 'Operations', 'Over', 'Failed', 'No better than chance', 'Why'],
    texts: 1,
    rows:
      failed.length === 0
        ? none
        : failed.map((group) => [
            labelOf(group),
            String(group.poolSize),
            String(group.runs),
            String(group.failed),
            String(group.notConverged - group.failed),
            runs
              .filter((run) => labelOf(run) === labelOf(group) && run.poolSize === group.poolSize)
              .flatMap(({ failure, seed }) =>
                failure === null ? [] : [`seed ${seed}: ${failure.stage}, ${failure.reason}`],
              )
              .join('; '),
          ]),
  };
}

function supernetAccuracy(report: StudyReport): Table {
  const note =
    'Per cent of the held-out images, with shared weights: how far training came with so many operations. Near chance, the choice tells nothing.';
  return bySize(report, { title: 'Score of the chosen architecture in its supernet', note }, (group) =>
    spreadText(group.supernetAccuracy, percent),
  );
}

function hypervolumes(report: StudyReport): Table {
  const note =
    'Share of the area between the edges of the budget and between chance and full accuracy that the last front dominates, by the scores of its own supernet; reference point: the dear edge at the accuracy of chance. Supernets of two methods are not alike: the order within a method is what it tells.';
  return bySize(report, { title: 'Hypervolume of the last front', note }, (group) =>
    spreadText(group.hypervolume, decimals),
  );
}

function ranks({ runs }: StudyReport): Table {
  return {
    title: 'Rank correlation of supernet and training from scratch',
    note: "Kendall's tau-b over architectures drawn uniformly from the budget of the last supernet; 95 % interval by bootstrap.",
    columns: ['Run', 'Architectures', 'tau-b', 'from', 'to'],
    texts: 1,
    rows: runs.flatMap(({ run, outcome }) => {
      if (outcome === null || outcome.rank === null) return [];
      const { architectures, tau, interval } = outcome.rank;
      const [from, to] = interval?.map(decimals) ?? ['-', '-'];
      return [[run, String(architectures), tau === null ? '-' : decimals(tau), from ?? '-', to ?? '-']];
    }),
  };
}

function rounds({ runs }: StudyReport): Table {
  return {
    title: 'Fronts by round',
    note: "Best score and hypervolume are by each round's own supernet. Trained: test accuracies of points of the front after training from scratch, which rounds can be compared by.",
    columns: [
      'Run',
      'Round',
      'On the front',
      'Best score',
      'Hypervolume',
      'Trained, mean',
      'Trained, best',
      'Trained, hypervolume',
    ],
    texts: 1,
    rows: runs.flatMap(({ run, outcome }) =>
      outcome === null || outcome.rounds.length < 2
        ? []
        : outcome.rounds.map((round) => {
            const trained = round.retrained.map((point) => point.accuracy);
            return [
              run,
              String(round.round),
              String(round.front.length),
              percentText(round.bestAccuracy),
              decimals(round.hypervolume),
              percentText(trainedAccuracy(round)),
              trained.length === 0 ? '-' : percentText(Math.max(...trained)),
              round.retrainedHypervolume === null ? '-' : decimals(round.retrainedHypervolume),
            ];
          }),
    ),
  };
}

function everyRun({ runs }: StudyReport): Table {
  return {
    title: 'Every run',
    note: '',
    columns: [
      'Run',
      'Test accuracy',
      'A random one',
      'In the supernet',
      'MACs',
      'Parameters',
      'Steps',
      'Scored',
      'Search time',
    ],
    texts: 1,
    rows: runs.map(({ run, outcome }) =>
      outcome === null
        ? [run, 'failed', ...Array<string>(7).fill('-')]
        : [
            run,
            percentText(outcome.testAccuracy),
            percentText(outcome.randomAccuracy),
            percentText(outcome.supernetAccuracy),
            countText(outcome.macs),
            countText(outcome.params),
            String(outcome.steps),
            String(outcome.scored),
            durationText(outcome.seconds.train + outcome.seconds.evaluate),
          ],
    ),
  };
}

function pools({ pools: all }: StudyReport): Table {
  return {
    title: 'The pools',
    note: 'Per seed, a random order of the operations; each pool is the beginning of it.',
    columns: ['Seed', 'Operations', 'Which'],
    texts: 3,
    rows: all.map(({ seed, poolSize, operations }) => [
      String(seed),
      String(poolSize),
      operations.join(', '),
    ]),
  };
}
