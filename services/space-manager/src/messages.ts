import type { ArtifactRef, FrontPoint, RetrainedModel } from '@nse/messaging';
import { type messages, toStruct, toTimestamp } from '@nse/rpc';
import {
  type ArchitectureDescription,
  cellsWithRoom,
  layerMacs,
  macroNetwork,
  operationName,
} from '@nse/space';
import { poolOf } from '@nse/spec';
import type { AddedOperations } from './add-operations.js';
import { choiceAfter, joinedBefore, joinedBy, sinceOf } from './extensions.js';
import { latencyMessage } from './latency-message.js';
import type { RoundRecord, SearchState } from './state.js';

/** The search as clients see it, with what keeps its workers. Curves of retrained models are added by who has read them. */
export function searchMessage(state: SearchState, waiting = ''): messages.Search {
  const { id, spec, owner, phase, stage, round, front, chosen, scaled, retrained, failure, resumed } = state;
  return {
    id,
    name: spec.name,
    phase,
    stage,
    round,
    rounds: spec.rounds,
    spec: toStruct(spec),
    front: [...front],
    chosen,
    model: retrained && modelMessage(retrained.chosen),
    randomModel: retrained?.random ? modelMessage(retrained.random) : null,
    failure,
    createTime: toTimestamp(new Date(state.createdAt)),
    updateTime: toTimestamp(new Date(state.updatedAt)),
    resumes: resumed?.count ?? 0,
    waiting,
    owner,
    latency: latencyMessage(state),
    scaled: scaled ?? null,
    extensions: (state.extensions ?? []).map((extension) => ({
      since: extension.round + 1,
      operations: joinedBy(state, extension),
      time: toTimestamp(new Date(extension.at)),
    })),
  };
}

/** What became of operations that were to join. */
export function addedMessage({ state, continued, asked }: AddedOperations): messages.AddOperationsResponse {
  return {
    search: searchMessage(state),
    continued,
    operations: asked.map(({ operation, ...rest }) => ({ ...rest, name: operationName(operation) })),
    cellsWithRoom: continued ? cellsWithRoom(state.space) : 0,
  };
}

function modelMessage({ weights, architecture, curve: _, ...model }: RetrainedModel): messages.TrainedModel {
  return { ...model, weights: artifactMessage(weights), architecture: artifactMessage(architecture) };
}

/** What of a search says how its pool grew. */
type Grown = Pick<SearchState, 'spec' | 'extensions' | 'oldPool'>;

/** What a round of the search did, as clients see it. */
export function roundMessage(record: RoundRecord, search: Grown): messages.Round {
  const { space, logits, scores, curve, artifacts, ...rest } = record;
  const { subsets, tried, kept, dropped, pruned, optimized, pendingCounts } = space;
  return {
    ...rest,
    front: [...record.front],
    space: {
      subsets: cellsMessage(subsets),
      tried: cellsMessage(tried),
      kept: cellsMessage(kept),
      dropped: cellsMessage(dropped),
      pruned: cellsMessage(pruned),
      optimized: cellsMessage(optimized),
      pending: [...pendingCounts],
    },
    logits: logits.map((cell) => ({
      value: cell.map((logit) => (logit === null ? { nullValue: 'NULL_VALUE' } : { numberValue: logit })),
    })),
    scores: scores.flat(),
    curve: curve.map(({ loss, ...point }) => (loss === null ? point : { ...point, loss })),
    artifacts: Object.fromEntries(
      Object.entries(artifacts).map(([name, artifact]) => [name, artifactMessage(artifact)]),
    ),
    joined: joinedBefore(search, record.round),
  };
}

/** A round in a history: without what grows with the number of architectures and steps. */
export function historyMessage(record: RoundRecord, search: Grown): messages.Round {
  return { ...roundMessage(record, search), scores: [], curve: [], logits: [] };
}

/** What became of every operation that the pool had when the round was over, cell by cell. */
export function spaceMessage({ search, round, space }: RoundRecord, state: Grown): messages.Space {
  const pool = poolOf(choiceAfter(state, round));
  const since = sinceOf(state).slice(0, pool.operations.length);
  const all = pool.operations.map((_, operation) => operation);
  // Also where the record was written just before they joined.
  const joined = all.filter((operation) => since[operation] === round + 1);
  const cells = macroNetwork(state.spec.network).cells.map(({ kind }, cell) => {
    const kept = space.optimized[cell] ?? [];
    const pending = [...new Set([...(space.untried[cell] ?? []), ...joined])];
    const dropped = all.filter((operation) => !kept.includes(operation) && !pending.includes(operation));
    return {
      kind,
      kept: ascending(kept),
      dropped,
      pending: ascending(pending),
      tried: ascending(space.tried[cell] ?? []),
    };
  });
  return { search, round, pool: pool.name, operations: pool.operations.map(operationName), cells, since };
}

const ascending = (operations: readonly number[]) => [...operations].sort((a, b) => a - b);

/** A front by itself. */
export function frontMessage(round: number, front: readonly FrontPoint[]): messages.GetFrontResponse {
  return { round, front: [...front] };
}

/** An architecture spelled out; `cost` in the unit of the search's constraint. */
export function architectureMessage(
  description: ArchitectureDescription,
  cost: number,
): messages.ArchitectureDescription {
  const { code, macs, parameters, cells, stemAndTail } = description;
  return {
    code,
    macs,
    params: parameters,
    cost,
    cells: cells.map(({ cell, branches, ...counts }) => ({
      ...cell,
      macs: counts.macs,
      params: counts.parameters,
      branches: branches.map(({ operation, name, layers }) => ({
        operation,
        name,
        layers: layers.map((layer) => ({
          ...layer,
          kernel: [...layer.kernel],
          stride: [...layer.stride],
          macs: layerMacs(layer),
        })),
      })),
    })),
    stemAndTailMacs: stemAndTail.macs,
    stemAndTailParams: stemAndTail.parameters,
  };
}

const cellsMessage = (cells: readonly (readonly number[])[]) => cells.map((index) => ({ index: [...index] }));

const artifactMessage = ({ name, bytes, sha256 }: ArtifactRef): messages.Artifact => ({
  name,
  bytes,
  sha256,
});
