import type { Candidate } from './draw.js';

/** A candidate with its score, as stored for the space-manager and for clients. */
export interface StoredScore extends Omit<Candidate, 'architecture'> {
  /** On the held-out images, 0 to 1. */
  readonly accuracy: number;
  /** Cross-entropy on them. */
  readonly loss: number;
}

/** The name of the artifact that holds a round's scores, by its task. */
export const scoresArtifact = (task: string) => `${task}/scores.json`;
