/** The ids of the events of an undisturbed search that succeeded, in the only order in which they can have come about. */
export function expectedIds(search: string, rounds: number): string[] {
  const ofRound = ['round.prepared', 'supernet.trained', 'fitness.evaluated', 'round.completed'];
  return [
    `${search}/0/search.created`,
    ...Array.from({ length: rounds }, (_, at) => ofRound.map((type) => `${search}/${at + 1}/${type}`)).flat(),
    `${search}/0/search.completed`,
    `${search}/0/retrain.completed`,
  ];
}
