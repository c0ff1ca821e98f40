import { parser } from '@prometheus-io/lezer-promql';

/** What a query of Prometheus names. */
export interface Named {
  readonly metrics: readonly string[];
  /** Of matchers and groupings, all labels; with each matcher that asks for one value, or one of several, the metric. */
  readonly labels: readonly string[];
}

/** Reads a query. Raises an error where it is no PromQL. */
export function namedIn(query: string): Named {
  const metrics: string[] = [];
  const labels: string[] = [];
  parser.parse(query).iterate({
    enter: ({ name, type, from, to, node }) => {
      const text = query.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${query}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text);
      if (name === 'LabelName') labels.push(text);
    },
  });
  return { metrics, labels };
}
