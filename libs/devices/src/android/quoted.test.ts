import { execFileSync } from 'node:child_process';
import { assert, property, stringMatching } from 'fast-check';
import { quoted } from './quoted.js';

describe('a quoted argument', () => {
  test('reaches a program as it is, through a real shell', () => {
    assert(
      property(stringMatching(/^[\x20-\x7e]{0,30}$/), (argument) => {
        const said = execFileSync('/bin/sh', ['-c', `printf %s ${quoted(argument)}`], { encoding: 'utf8' });
        expect(said).toBe(argument);
      }),
      { numRuns: 50 },
    );
  });

  test.each(['a\nb', 'a\0b', 'ä'])('is refused where it holds what no path of ours does: %j', (argument) => {
    expect(() => quoted(argument)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});
