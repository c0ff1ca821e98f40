import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '../src/command.mjs';

test('a failed command is shown with its exit code and what it said', async () => {
  const failed = command('sh', ['-c', 'echo out; echo error >&2; exit 3'], {
    hold: [],
    advice: 'Try again.',
  });
  await assert.rejects(failed, {
    message: /^sh -c .*failed with exit code 3:\n(out\nerror|error\nout)$/s,
    advice: 'Try again.',
  });
});

test('of a long output the beginning and the end are shown', async () => {
  const failed = command('sh', ['-c', 'echo first; seq 10000; echo last; exit 1'], { hold: [] });
  await assert.rejects(failed, { message: /first\n.*\n\.\.\.\n.*\nlast$/s });
  await assert.rejects(failed, (/** @type {Error} */ error) => error.message.length < 4500);
});

test('a command that was ended or is not there says so', async () => {
  await assert.rejects(command('sh', ['-c', 'kill -9 $$'], { hold: [] }), {
    message: /was ended by SIGKILL/,
  });
  await assert.rejects(command('no-such-program', [], { hold: [] }), { message: /could not be started/ });
});
