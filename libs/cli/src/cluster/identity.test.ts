import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandInCluster } from '../testing/stand-in-cluster.js';
import { ClusterApi } from './api.js';
import { identityOf } from './identity.js';
import { placeOf } from './kubeconfig.js';

let folder: string;
let cluster: StandInCluster;
let api: ClusterApi;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nse-identity-'));
  cluster = await StandInCluster.start();
  api = new ClusterApi(placeOf({ kubeconfig: cluster.kubeconfig }, {}));
});
afterEach(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

const fill = () =>
  ['ca.crt', 'client.crt', 'client.key'].forEach((name) => writeFileSync(join(folder, name), ''));

describe('who nse is in a cluster', () => {
  it("comes from the namespace's Secret, else from the folder of k8s/certificates", async () => {
    fill();
    cluster.secrets.set('client-tls', { 'ca.crt': 'a', 'tls.crt': 'b', 'tls.key': 'c' });
    const bytes = { ca: Buffer.from('a'), cert: Buffer.from('b'), key: Buffer.from('c') };
    expect(await identityOf(api, {}, folder)).toEqual({ tls: bytes });
    cluster.secrets.clear();
    const files = { ca: 'ca.crt', cert: 'client.crt', key: 'client.key' };
    expect((await identityOf(api, {}, folder)).tls).toEqual(
      Object.fromEntries(Object.entries(files).map(([part, name]) => [part, join(folder, name)])),
    );
  });

  it('comes from the folder for someone who may read no Secret', async () => {
    fill();
    cluster.forbidden.add('get secrets');
    expect((await identityOf(api, {}, folder)).tls.key).toBe(join(folder, 'client.key'));
  });

  it.each([
    ['is not there', () => undefined],
    ['may not be read by you', () => cluster.forbidden.add('get secrets')],
    ['lacks ca.crt, tls.crt or tls.key', () => cluster.secrets.set('client-tls', { 'tls.crt': 'b' })],
  ])('where there is none, it says what to do: the Secret %s', async (why, arrange) => {
    arrange();
    const none = identityOf(api, {}, folder);
    await expect(none).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'NoCertificate' });
    await expect(none).rejects.toThrow(why);
    await expect(none).rejects.toThrow('k8s/certificates makes one');
  });

  it('takes a token anew from its file at each call', async () => {
    fill();
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'one\n');
    const { token } = await identityOf(api, { tokenFile }, folder);
    expect(await token?.()).toBe('one');
    writeFileSync(tokenFile, 'two');
    expect(await token?.()).toBe('two');
    await expect(identityOf(api, { tokenFile: join(folder, 'none') }, folder)).rejects.toThrow(
      '--token-file',
    );
  });
});
