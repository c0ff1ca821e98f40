import type { messages } from '@nse/rpc';
import type { SearchState } from './state.js';

/** What clients see of the latencies of a search; null without a latency budget. */
export function latencyMessage(
  state: Pick<SearchState, 'spec' | 'chosen' | 'random' | 'measured' | 'deviceSeconds'>,
): messages.SearchLatency | null {
  const { spec, chosen, random, measured } = state;
  const { latency } = spec.constraint;
  if (latency === undefined) return null;
  const all = (measured?.latencies ?? []).map(({ medianMs, ...rest }) => ({ ...rest, measuredMs: medianMs }));
  const known = (point: { readonly code: string; readonly cost: number } | null) =>
    point && (all.find(({ code }) => code === point.code) ?? { code: point.code, predictedMs: point.cost });
  const { device = '', table = '' } = latency;
  // The random one is drawn before the choice, but stands beside it.
  return {
    device,
    table,
    chosen: known(chosen),
    random: chosen && known(random),
    measured: all,
    note: measured?.note ?? '',
    pace: measured?.pace ?? null,
    seconds: { ...state.deviceSeconds },
  };
}
