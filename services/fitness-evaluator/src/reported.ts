import type { Bus, FitnessEvaluated } from '@nse/messaging';

/** What was reported of the round's evaluation; undefined before it is done. */
export async function reportedEvaluation(
  bus: Bus,
  search: string,
  round: number,
): Promise<FitnessEvaluated | undefined> {
  for await (const { data } of bus.replay({ search, types: ['fitness.evaluated'], follow: false })) {
    if (data.round === round) return data;
  }
  return undefined;
}
