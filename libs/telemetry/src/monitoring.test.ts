import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics } from 'prom-client';
import { parse } from 'yaml';
import { registry } from './metrics.js';
import { namedIn } from './promql.fixture.js';

const folder = join(__dirname, '../../../k8s/monitoring');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

interface Rules {
  readonly spec: {
    readonly groups: readonly {
      readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[];
    }[];
  };
}

const rules = (parse(read('rules.yaml')) as Rules).spec.groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read('dashboard.json')) as Dashboard;

/** Grafana puts them in before Prometheus reads the query. */
const filledIn = (query: string) =>
  query.replaceAll('$__rate_interval', '5m').replaceAll('$namespace', 'nse');

const queries = [
  ...rules.map(({ record, alert, expr }) => ({ where: record ?? alert ?? '', expr })),
  ...panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: title, expr: filledIn(expr) })),
  ),
];

interface Exposed {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** All that a service tells, as it is registered. */
function exposed(): Exposed[] {
  if (registry.getSingleMetric('process_cpu_seconds_total') === undefined)
    collectDefaultMetrics({ register: registry });
  return registry.getMetricsAsArray().map((metric) => {
    const { labelNames = [] } = metric as unknown as { readonly labelNames?: readonly string[] };
    return { name: metric.name, help: metric.help, type: String(metric.type), labels: labelNames };
  });
}

/** The names of the series of a metric. */
const seriesOf = ({ name, type }: Exposed) =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];

/** What Prometheus itself adds. */
const added = { series: ['up'], labels: ['namespace', 'pod', 'job', 'le'] };

/** The names and labels of the query that nobody tells. */
function unknownIn(query: string): string[] {
  const metrics = exposed();
  const known = new Map(
    metrics.flatMap((metric) => seriesOf(metric).map((series) => [series, metric.labels])),
  );
  for (const series of added.series) known.set(series, []);
  for (const { record } of rules) {
    if (record !== undefined) known.set(record, ['namespace', 'phase', 'consumer', 'stage']);
  }
  const named = namedIn(query);
  const labels = new Set([...added.labels, ...named.metrics.flatMap((metric) => known.get(metric) ?? [])]);
  return [
    ...named.metrics.filter((metric) => !known.has(metric)),
    ...named.labels.filter((label) => !labels.has(label)),
  ];
}

describe('dashboard and rules', () => {
  it.each(queries)('$where asks for what services tell, by labels that it has', ({ expr }) => {
    expect(namedIn(expr).metrics).not.toEqual([]);
    expect(unknownIn(expr)).toEqual([]);
  });

  it('would be told of a metric or a label that is not there, and of what is no query', () => {
    expect(unknownIn('sum by (stages) (rate(nse_tasks_endd_total{outcome="failed"}[5m]))')).toEqual([
      'nse_tasks_endd_total',
      'stages',
      'outcome',
    ]);
    expect(unknownIn('nse_event_lag_seconds')).toEqual(['nse_event_lag_seconds']);
    expect(() => unknownIn('sum by (stage (nse_tasks)')).toThrow('no PromQL');
  });

  it('use most of what services tell of NSE', () => {
    const used = new Set(queries.flatMap(({ expr }) => namedIn(expr).metrics));
    const ours = exposed().filter(({ name }) => /^(nse|grpc)_/.test(name));
    expect(ours.filter((metric) => !seriesOf(metric).some((series) => used.has(series)))).toEqual([]);
  });
});

/** The rules of https://prometheus.io/docs/practices/naming/ that promtool checks too, but for what Node's own metrics are called. */
function lint({ name, help, type, labels }: Exposed): string[] {
  const reserved = /_(total|count|sum|bucket|info)$/;
  return [
    ...(/^[a-z][a-z0-9_]*$/.test(name) ? [] : ['a name of small letters']),
    ...(type === 'counter' && !name.endsWith('_total') ? ['a counter ends in _total'] : []),
    ...(type !== 'counter' && reserved.test(name) && name !== 'nse_build_info'
      ? ['the suffix belongs to others']
      : []),
    ...(/_(milliseconds|ms|minutes|hours|kilobytes|mb|kb)(_|$)/.test(name) ? ['a base unit'] : []),
    ...(type === 'histogram' && !/_(seconds|bytes|tries)$/.test(name) ? ['a unit'] : []),
    ...(/^[A-Z].*\.$/.test(help) ? [] : ['help that is a sentence']),
    ...labels.filter(
      (label) => !/^[a-z][a-z_]*$/.test(label) || ['le', 'quantile', 'search', 'task', 'id'].includes(label),
    ),
  ];
}

describe('the metrics', () => {
  it('are named as Prometheus asks', () => {
    const ours = exposed().filter(({ name }) => /^(nse|grpc)_/.test(name));
    expect(ours.length).toBeGreaterThan(25);
    for (const metric of ours) expect([metric.name, lint(metric)]).toEqual([metric.name, []]);
  });

  it('would be found out by that', () => {
    const faulty = { name: 'nse_Lag_ms', help: 'lag', type: 'counter', labels: ['search'] };
    expect(lint(faulty)).toHaveLength(5);
  });
});
