/** A failure that the user can act on: what went wrong, and what to do. Printed without a stack. */
export class Problem extends Error {
  /**
   * @param {string} message what was tried and how it failed
   * @param {string} [advice] what the user can do
   */
  constructor(message, advice) {
    super(message);
    this.name = 'Problem';
    this.advice = advice;
  }
}
