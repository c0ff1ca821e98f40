import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'nats';
import type { Artifacts } from './artifacts.js';
import { TestServer } from './testing/with-bus.js';

let server: TestServer;
let artifacts: Artifacts;

beforeAll(async () => {
  server = await TestServer.start();
  artifacts = (await server.bus()).artifacts;
});

afterAll(() => server.stop());

describe('artifacts', () => {
  it('keeps an object of many chunks', async () => {
    const content = randomBytes(5_000_003);
    const ref = await artifacts.put('task/big', content);
    expect(ref).toMatchObject({ name: 'task/big', bytes: 5_000_003 });
    expect(Buffer.compare(await artifacts.get(ref), content)).toBe(0);
  });

  it('keeps an empty object', async () => {
    const ref = await artifacts.put('empty', new Uint8Array());
    expect((await artifacts.get(ref)).byteLength).toBe(0);
  });

  it('stores the same content only once', async () => {
    const content = randomBytes(1_000);
    expect(await artifacts.put('same', content)).toEqual(await artifacts.put('same', content));
  });

  it('refuses a reference to content that was replaced', async () => {
    const old = await artifacts.put('replaced', Buffer.from('old'));
    await artifacts.put('replaced', Buffer.from('new'));
    expect(Buffer.from(await artifacts.get('replaced')).toString()).toBe('new');
    await expect(artifacts.get(old)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  });

  it('says that an object is damaged whose chunks are lost', async () => {
    const bus = await server.bus();
    const ref = await bus.artifacts.put('damaged', randomBytes(600_000));
    const nats = await connect({ servers: server.server.url });
    const { streams } = await nats.jetstreamManager();
    const losesOne = async (left: number) => {
      const chunks = await streams.getMessage('OBJ_NSE_ARTIFACTS', { last_by_subj: '$O.NSE_ARTIFACTS.C.*' });
      await streams.deleteMessage('OBJ_NSE_ARTIFACTS', chunks.seq);
      const rejects = {
        code: 'FAILED_PRECONDITION',
        message: expect.stringContaining(`${left} of its 2`) as string,
      };
      await expect(bus.artifacts.get(ref)).rejects.toMatchObject(rejects);
    };
    await losesOne(1);
    await losesOne(0);
    await nats.close();
  });

  it('says that an object is damaged whose content is not what was stored', async () => {
    await artifacts.put('changed', Buffer.from('content'));
    const nats = await connect({ servers: server.server.url });
    const subject = `$O.NSE_ARTIFACTS.M.${Buffer.from('changed').toString('base64')}`;
    const { streams } = await nats.jetstreamManager();
    const { data } = await streams.getMessage('OBJ_NSE_ARTIFACTS', { last_by_subj: subject });
    const other = createHash('sha256').update('other').digest('base64url');
    const meta = { ...(JSON.parse(Buffer.from(data).toString()) as object), digest: `SHA-256=${other}=` };
    await nats.jetstream().publish(subject, JSON.stringify(meta));
    await nats.close();
    await expect(artifacts.get('changed')).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringContaining('artifact changed is damaged') as string,
    });
  });

  it('forgets what is deleted, and bears that it is deleted twice', async () => {
    await artifacts.put('gone', Buffer.from('x'));
    expect(await artifacts.has('gone')).toBe(true);
    await artifacts.delete('gone');
    await artifacts.delete('gone');
    expect(await artifacts.has('gone')).toBe(false);
    await expect(artifacts.get('gone')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lists the names that begin alike, without deleted ones', async () => {
    for (const name of ['list/a', 'list/b', 'list/c', 'other']) await artifacts.put(name, Buffer.from(name));
    await artifacts.delete('list/b');
    expect((await artifacts.names('list/')).sort()).toEqual(['list/a', 'list/c']);
    expect(await artifacts.names('none/')).toEqual([]);
  });

  it('brings a deleted object back', async () => {
    await artifacts.put('back', Buffer.from('x'));
    await artifacts.delete('back');
    await artifacts.put('back', Buffer.from('x'));
    expect(Buffer.from(await artifacts.get('back')).toString()).toBe('x');
  });
});
