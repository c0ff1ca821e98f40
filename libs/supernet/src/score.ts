/** Accuracy in [0, 1] and mean cross-entropy over the images scored. */
export interface Score {
  readonly accuracy: number;
  readonly loss: number;
}

/** Sums over batches, in doubles: no class or image is lost to rounding. */
export class ScoreSum {
  private images = 0;
  private correct = 0;
  private loss = 0;

  /** @param logits (batch, classes), row by row */
  add(logits: Float32Array, labels: Int32Array): void {
    const classes = logits.length / labels.length;
    for (const [row, label] of labels.entries()) {
      const scores = logits.subarray(row * classes, (row + 1) * classes);
      const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
      const own = scores[label] ?? NaN;
      const sum = scores.reduce((total, score) => total + Math.exp(score - highest), 0);
      this.loss += Math.log(sum) + highest - own;
      // On a tie the first class counts, as argmax does.
      if (scores.indexOf(highest) === label) this.correct += 1;
    }
    this.images += labels.length;
  }

  /** Of all batches so far. */
  score(): Score {
    return { accuracy: this.correct / this.images, loss: this.loss / this.images };
  }
}
