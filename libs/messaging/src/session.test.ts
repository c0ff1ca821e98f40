import { ErrorCode, NatsError } from 'nats';
import { patiently } from './session.js';

const call = (error: unknown) => patiently('do it', 200, () => Promise.reject(error as Error));

const answered = (code: number, description: string) =>
  Object.assign(new NatsError(description, ErrorCode.JetStreamInvalidAck), {
    api_error: { code, err_code: 10_000, description },
  });

describe('a call to the server', () => {
  it.each([
    ['an error that nobody knows', new TypeError('cannot read x of null')],
    ['an odd answer', new NatsError('heartbeats missed', 'HEARTBEATS_MISSED')],
    ['what is not there', answered(404, 'consumer not found')],
  ])('may be tried again after %s', async (_, error) => {
    await expect(call(error)).rejects.toMatchObject({ code: 'INTERNAL', retryable: true, cause: error });
  });

  it.each([
    ['that it is asked wrongly', answered(400, 'invalid stream name')],
    ['that it may not', new NatsError('no right', ErrorCode.PermissionsViolation)],
  ])('stays failed where the server says %s', async (_, error) => {
    await expect(call(error)).rejects.toMatchObject({ code: 'INTERNAL', retryable: false });
  });

  it('is repeated while the server is away', async () => {
    let calls = 0;
    const attempt = (unsure: boolean) =>
      ++calls < 3 ? Promise.reject(new NatsError('', ErrorCode.NoResponders)) : Promise.resolve(unsure);
    expect(await patiently('do it', 5_000, attempt)).toBe(true);
    await expect(call(answered(503, 'no leader'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('says that the store is full', async () => {
    const full = answered(503, 'insufficient storage resources');
    Object.assign(full.api_error, { code: 400, err_code: 10_047 });
    await expect(call(full)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED', retryable: false });
  });
});
