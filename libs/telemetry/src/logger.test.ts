import { logger } from './logger.js';

function linesOf(use: (log: ReturnType<typeof logger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  use(logger('tests', { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a logger', () => {
  afterEach(() => {
    delete process.env['NSE_LOG_LEVEL'];
  });

  it('writes a JSON object a line, with its name and the time', () => {
    const [line] = linesOf((log) => log.info({ search: 'a' }, 'began'));
    expect(line).toMatchObject({ name: 'tests', search: 'a', msg: 'began', level: 30 });
    expect(new Date(line!['time'] as string).getTime()).toBeGreaterThan(0);
  });

  it('keeps the cause of an error', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const [line] = linesOf((log) => log.error({ err: error }, 'failed'));
    expect(JSON.stringify(line!['err'])).toMatch(/outer[^]*inner/);
  });

  it('writes no secret, at the top or one level down', () => {
    const [line] = linesOf((log) =>
      log.info({ token: 'abc', nats: { password: 'def', url: 'nats://x' } }, 'm'),
    );
    expect(line).toMatchObject({ token: '[redacted]', nats: { password: '[redacted]', url: 'nats://x' } });
  });

  it.each([
    ['debug', ['debug', 'info']],
    ['warn', []],
    ['nonsense', ['info']],
    [undefined, ['info']],
  ])('at level %s writes %j', (level, expected) => {
    if (level !== undefined) process.env['NSE_LOG_LEVEL'] = level;
    const lines = linesOf((log) => {
      log.debug('debug');
      log.info('info');
    });
    expect(lines.map((line) => line['msg'])).toEqual(expected);
  });
});
