import { type CellSets, prune, randomFrom } from '@nse/space';
import { readSafetensors } from '@nse/safetensors';
import { type Sgd } from '@nse/tensor';

import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import { Curve, type CurveState } from './curve.js';
import { Logits, type LogitsState } from './logits.js';
import { adamFor, sgdFor } from './optimiser.js';
import { placesOf, type Supernet, supernetOf } from './supernet.js';
import type { RoundInput, RoundResult } from './train.js';
import { isTrained, type WeightPlace } from './weight-place.js';
import { decodeWeights, encodeWeights, initialiseWeights, Weights } from './weights.js';
import { fromFileLayout } from './weights-file.js';

/** Steps that one point of the training curve stands for. */
const STEPS_PER_POINT = 10;

/** What a checkpoint holds beside tensors. */
interface RoundState {
  readonly step: number;
  readonly subsets: CellSets;
  readonly pruned: CellSets;
  readonly logits: LogitsState;
  readonly curve: CurveState;
}

/** A round's supernet in training: all that moves from step to step. Owns its tensors. */
export class Round {
  readonly supernet: Supernet;
  readonly sgd: Sgd;

  private constructor(
    private readonly input: RoundInput,
    readonly weights: Weights,
    readonly logits: Logits,
    readonly curve: Curve,
    public step: number,
    public subsets: CellSets,
    private pruned: CellSets,
  ) {
    this.supernet = supernetOf(input.network, input.pool);
    this.sgd = sgdFor(input.train);
  }

  /** Weights, fitness and optimisers start afresh; classifier and running statistics are taken over (decision 4). */
  static start(input: RoundInput): Round {
    const places = placesOf(supernetOf(input.network, input.pool), input.subsets);
    const weights = new Weights();
    initialiseWeights(weights, places, randomFrom(input.seed, input.round, 'weights'));
    const carried = input.carried === undefined ? undefined : readSafetensors(input.carried).tensors;
    for (const place of places) {
      const stored = carried?.get(place.name);
      if (stored === undefined || !isCarried(place)) continue;
      weights.setNumbers(place.name, fromFileLayout(place, stored), place.shape);
    }
    const logits = new Logits(
      input.network.cells.length,
      input.pool.operations.length,
      adamFor(input.fitness),
    );
    const none = input.subsets.map(() => []);
    return new Round(input, weights, logits, new Curve(STEPS_PER_POINT), 0, input.subsets, none);
  }

  /** Goes on from what `checkpoint` returned. */
  static resume(input: RoundInput, file: Uint8Array): Round {
    const { state, velocities } = decodeCheckpoint(file);
    const { step, subsets, pruned, logits, curve } = state as RoundState;
    const weights = decodeWeights(file, placesOf(supernetOf(input.network, input.pool), subsets));
    const restored = Logits.from(logits, adamFor(input.fitness));
    const round = new Round(
      input,
      weights,
      restored,
      new Curve(STEPS_PER_POINT, curve),
      step,
      subsets,
      pruned,
    );
    round.sgd.restore(velocities);
    return round;
  }

  /** Takes operations out whose logit fell under the threshold, with their weights. */
  prune(): void {
    const { network, optimized, fitness } = this.input;
    const { subsets, pruned } = prune({
      cells: network.cells,
      subsets: this.subsets,
      fitness: this.logits.ofSubsets(this.subsets),
      optimized,
      below: fitness.pruneBelow,
    });
    for (const [cell, operations] of pruned.entries()) {
      for (const { name } of operations.flatMap((op) => this.supernet.cells[cell]?.block(op).places ?? [])) {
        this.weights.delete(name);
        this.sgd.forget(name);
      }
    }
    this.subsets = subsets;
    this.pruned = this.pruned.map((before, cell) => [...before, ...(pruned[cell] ?? [])]);
  }

  checkpoint(): Uint8Array {
    const state: RoundState = {
      step: this.step,
      subsets: this.subsets,
      pruned: this.pruned,
      logits: this.logits.state(),
      curve: this.curve.state(),
    };
    return encodeCheckpoint(this.weights, placesOf(this.supernet, this.subsets), this.sgd, state);
  }

  result(): RoundResult {
    return {
      weights: encodeWeights(this.weights, placesOf(this.supernet, this.subsets)),
      subsets: this.subsets,
      logits: this.logits.ofSubsets(this.subsets),
      pruned: this.pruned,
      curve: this.curve.state().points,
    };
  }

  dispose(): void {
    this.weights.dispose();
    this.sgd.dispose();
    this.curve.dispose();
  }
}

function isCarried({ name, kind }: WeightPlace): boolean {
  return !isTrained(kind) || name.startsWith('tail.linear.');
}
