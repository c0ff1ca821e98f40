import { join } from 'node:path';
import { Client, credentials, status } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { createClient } from './client.js';
import { TestServers } from './testing/serve.js';

const servers = new TestServers();
afterEach(() => servers.stopAll());

/** The method of a service that any gRPC client can call, found by its proto file alone. */
function methodOf(definition: PackageDefinition, service: string, method: string) {
  return (definition[service] as ServiceDefinition)[method]!;
}

describe('health checks', () => {
  const check = methodOf(loadSync(protoPath, { enums: String }), 'grpc.health.v1.Health', 'Check');

  function ask(address: string, service: string): Promise<unknown> {
    const client = new Client(address, credentials.createInsecure());
    return new Promise((resolve) => {
      client.makeUnaryRequest<object, object>(
        check.path,
        check.requestSerialize,
        check.responseDeserialize,
        { service },
        (error, answer) => {
          client.close();
          resolve(error === null ? answer : error.code);
        },
      );
    });
  }

  it('tell of the server and each of its services', async () => {
    const { server } = await servers.serve({});
    expect(await ask(server.address, '')).toEqual({ status: 'SERVING' });
    expect(await ask(server.address, 'nse.v1.SpaceManager')).toEqual({ status: 'SERVING' });
    expect(await ask(server.address, 'nse.v1.Retrainer')).toBe(status.NOT_FOUND);
    server.setServing(false);
    expect(await ask(server.address, 'nse.v1.SpaceManager')).toEqual({ status: 'NOT_SERVING' });
  });

  it('are answered on a port of their own too, in plain text and beyond this machine, where nothing else is', async () => {
    const { server } = await servers.serve({}, { healthAddress: '0.0.0.0:0' });
    const address = (server.healthAddress ?? '').replace('0.0.0.0', '127.0.0.1');
    expect(await ask(address, '')).toEqual({ status: 'SERVING' });
    expect(await ask(address, 'nse.v1.SpaceManager')).toEqual({ status: 'SERVING' });
    server.setServing(false);
    expect(await ask(address, '')).toEqual({ status: 'NOT_SERVING' });
    const client = createClient('SpaceManager', address);
    await expect(client.getSearch({ search: 'x' })).rejects.toThrow(/not implement/);
    client.close();
    await server.stop();
    expect(await ask(address, '')).toBe(status.UNAVAILABLE);
  });

  it('refuse a port that is taken, and leave no server behind', async () => {
    const { server } = await servers.serve({}, { healthAddress: '127.0.0.1:0' });
    const taken = server.healthAddress ?? '';
    await expect(servers.serve({}, { healthAddress: taken })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('do not hold up the stop of a server while somebody watches', async () => {
    const { server } = await servers.serve({});
    const client = new Client(server.address, credentials.createInsecure());
    const watch = methodOf(loadSync(protoPath, { enums: String }), 'grpc.health.v1.Health', 'Watch');
    const seen: unknown[] = [];
    const call = client.makeServerStreamRequest<object, object>(
      watch.path,
      watch.requestSerialize,
      watch.responseDeserialize,
      { service: '' },
    );
    const ended = new Promise((resolve) => call.on('data', (item) => seen.push(item)).on('error', resolve));
    await new Promise((resolve) => call.once('data', resolve));
    const started = performance.now();
    await server.stop();
    await ended;
    client.close();
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(seen).toEqual([{ status: 'SERVING' }, { status: 'NOT_SERVING' }]);
  });
});

describe('reflection', () => {
  const folder = join(require.resolve('@grpc/reflection/package.json'), '../build/proto');

  it.each(['v1', 'v1alpha'])('lists the services by version %s', async (version) => {
    const { server } = await servers.serve({});
    const file = `grpc/reflection/${version}/reflection.proto`;
    const definition = loadSync(file, { includeDirs: [folder], oneofs: true });
    const info = methodOf(definition, `grpc.reflection.${version}.ServerReflection`, 'ServerReflectionInfo');
    const client = new Client(server.address, credentials.createInsecure());
    const call = client.makeBidiStreamRequest(info.path, info.requestSerialize, info.responseDeserialize);
    const answer = new Promise((resolve, reject) => call.on('data', resolve).on('error', reject));
    call.write({ listServices: '' });
    const names = [
      'nse.v1.SpaceManager',
      'grpc.health.v1.Health',
      `grpc.reflection.${version}.ServerReflection`,
    ];
    const listed = expect.arrayContaining(names.map((name) => ({ name }))) as unknown;
    expect(await answer).toMatchObject({ listServicesResponse: { service: listed } });
    call.end();
    client.close();
  });
});
