import { TestServer } from './testing/with-bus.js';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});

afterAll(() => server.stop());

describe('a name', () => {
  it('is answered for until its process takes that back', async () => {
    const [one, other] = [await server.bus(), await server.bus()];
    expect(await other.isAnswered('task')).toBe(false);
    const stop = await one.answerFor('task');
    expect(await other.isAnswered('task')).toBe(true);
    expect(await one.isAnswered('task')).toBe(true);
    expect(await other.isAnswered('other-task')).toBe(false);
    stop();
    expect(await one.isAnswered('task')).toBe(false);
  });

  it('is answered for no more when its process is gone', async () => {
    const [one, other] = [await server.bus(), await server.bus()];
    await one.answerFor('gone');
    await one.close();
    expect(await other.isAnswered('gone')).toBe(false);
  });

  it('is answered for while any of several processes does', async () => {
    const [one, two, other] = [await server.bus(), await server.bus(), await server.bus()];
    const stop = await one.answerFor('shared');
    await two.answerFor('shared');
    stop();
    expect(await other.isAnswered('shared')).toBe(true);
  });
});
