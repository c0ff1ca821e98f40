import { join } from 'node:path';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';

const reflectionFolder = join(require.resolve('@grpc/reflection/package.json'), '../build/proto');

/** What every server offers beside its own services. */
export const standardServices = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

/** Their definitions: without them reflection would hide them, and tools such as grpcurl could not ask for the health. */
export const standardDefinition: PackageDefinition = {
  ...loadSync(protoPath),
  ...loadSync(
    ['v1', 'v1alpha'].map((version) => `grpc/reflection/${version}/reflection.proto`),
    {
      includeDirs: [reflectionFolder],
    },
  ),
};
