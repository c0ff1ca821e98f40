import { PassThrough } from 'node:stream';
import { LiveView, type TaskProgress, type Terminal } from './live.js';

const ESCAPE = String.fromCharCode(27);

/** A stream that keeps what is written, a terminal or not. */
function output(isTTY: boolean): { out: Terminal; text: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { out: Object.assign(stream, { isTTY, columns: 80 }), text: () => text };
}

/** What stands on the screen after the escape sequences that the view uses: lines up, to a column, clear below. */
function screen(text: string): string[] {
  const lines = [''];
  let row = 0;
  for (const token of text.match(new RegExp(`${ESCAPE}\\[\\d*[A-Za-z]|\n|[^\n${ESCAPE}]+`, 'g')) ?? []) {
    const up = new RegExp(`^${ESCAPE}\\[(\\d*)A$`).exec(token);
    if (up) row -= Number(up[1] === '' ? 1 : up[1]);
    else if (token === `${ESCAPE}[0J`) lines.splice(row, lines.length, '');
    else if (token === '\n') row++;
    else if (!token.startsWith(ESCAPE)) lines[row] = (lines[row] ?? '') + token;
  }
  return lines.filter((line) => line !== '');
}

const progress = (step: number, more: Partial<TaskProgress> = {}): TaskProgress => ({
  stage: 'train',
  task: '',
  round: 1,
  rounds: 2,
  step,
  steps: 10,
  ...more,
});

describe('the live view', () => {
  const { TERM } = process.env;
  beforeAll(() => (process.env['TERM'] = 'xterm'));
  afterAll(() => {
    if (TERM === undefined) delete process.env['TERM'];
    else process.env['TERM'] = TERM;
  });

  it('redraws the line of a task in place in a terminal', () => {
    const { out, text } = output(true);
    const view = new LiveView(out, () => 0);
    for (let step = 1; step <= 5; step++) view.progress(progress(step));
    const lines = screen(text());
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/Round 1\/2 train .* 50%\s+5\/10/);
  });

  it('keeps a line for each of several tasks, and printed text above them', () => {
    const { out, text } = output(true);
    const view = new LiveView(out, () => 0);
    view.progress(progress(1, { stage: 'retrain', task: 'chosen' }));
    view.progress(progress(2, { stage: 'retrain', task: 'random' }));
    view.print('a note');
    view.progress(progress(9, { stage: 'retrain', task: 'chosen' }));
    const lines = screen(text());
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('a note');
    expect(lines[1]).toMatch(/retrain chosen .*9\/10/);
    expect(lines[2]).toMatch(/retrain random .*2\/10/);
  });

  it('leaves the lines of a finished stage and begins anew below', () => {
    const { out, text } = output(true);
    const view = new LiveView(out, () => 0);
    view.progress(progress(10));
    view.finish();
    view.progress(progress(3, { stage: 'score' }));
    view.progress(progress(4, { stage: 'score' }));
    const lines = screen(text());
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/train .*100%/);
    expect(lines[1]).toMatch(/score .*4\/10/);
  });

  it('tells rate and time left once it can know', () => {
    const { out, text } = output(true);
    let now = 0;
    const view = new LiveView(out, () => now);
    view.progress(progress(0, { steps: 100 }));
    now = 2;
    view.progress(progress(20, { steps: 100 }));
    expect(screen(text())[0]).toMatch(/10\.0\/s\s+0:08 left/);
  });

  it('writes a plain line now and then into a pipe or file', () => {
    const { out, text } = output(false);
    const view = new LiveView(out, () => 0);
    for (let step = 1; step <= 100; step++) view.progress(progress(step, { steps: 100 }));
    view.print('a note');
    const lines = text().trimEnd().split('\n');
    expect(text()).not.toContain(ESCAPE);
    expect(lines).toHaveLength(5);
    expect(lines.slice(0, 4).map((line) => /(\d+)%/.exec(line)?.[1])).toEqual(['25', '50', '75', '100']);
    expect(lines[4]).toBe('a note');
  });

  it('treats a dumb terminal like a pipe', () => {
    process.env['TERM'] = 'dumb';
    const { out, text } = output(true);
    const view = new LiveView(out, () => 0);
    for (let step = 1; step <= 4; step++) view.progress(progress(step, { steps: 4 }));
    process.env['TERM'] = 'xterm';
    expect(text()).not.toContain(ESCAPE);
    expect(text().trimEnd().split('\n')).toHaveLength(4);
  });
});
