/**
 * A reporter of node's test runner that writes the numbers of passed and failed cases under jest's names, so that
 * `./nse test` can add them up.
 *
 * @param {AsyncIterable<{ type: string, data?: any }>} events
 */
export default async function* results(events) {
  let numPassedTests = 0;
  let numFailedTests = 0;
  for await (const { type, data } of events) {
    if (data?.details?.type === 'suite') continue;
    if (type === 'test:pass') numPassedTests += 1;
    if (type === 'test:fail') numFailedTests += 1;
  }
  yield `${JSON.stringify({ numPassedTests, numFailedTests })}\n`;
}
