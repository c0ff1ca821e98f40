import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';

const reflectionFolder = join(require.resolve('@grpc/reflection/package.json'), '../build/proto');
const health = loadSync(protoPath, { enums: String });
const reflection = loadSync('grpc/reflection/v1/reflection.proto', {
  includeDirs: [reflectionFolder],
  oneofs: true,
});

/** What grpc.health.v1 says of a service at the address; the empty name stands for the server as a whole. */
export async function healthOf(address: string, service: string): Promise<unknown> {
  const check = methodOf(health, 'grpc.health.v1.Health', 'Check');
  const client = new Client(address, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest<object, object>(
        check.path,
        check.requestSerialize,
        check.responseDeserialize,
        { service },
        (error, answer) => (error === null ? resolve(answer) : reject(error)),
      );
    });
  } finally {
    client.close();
  }
}

/** The answer to grpc.reflection.v1's question for the list of services. */
export async function reflectedServices(address: string): Promise<unknown> {
  const info = methodOf(reflection, 'grpc.reflection.v1.ServerReflection', 'ServerReflectionInfo');
  const client = new Client(address, credentials.createInsecure());
  const call = client.makeBidiStreamRequest(info.path, info.requestSerialize, info.responseDeserialize);
  try {
    return await new Promise((resolve, reject) => {
      call.on('data', resolve).on('error', reject);
      call.write({ listServices: '' });
    });
  } finally {
    call.end();
    client.close();
  }
}

/** The method of a service that any gRPC client can call, found by its proto file alone. */
function methodOf(definition: PackageDefinition, service: string, method: string) {
  const found = (definition[service] as ServiceDefinition | undefined)?.[method];
  if (found === undefined) throw new Error(`there is no ${service}/${method}`);
  return found;
}
