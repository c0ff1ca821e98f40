import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from '@grpc/proto-loader';
import type { BadRequest, BadRequest__Output } from './generated/google/rpc/BadRequest.js';
import type { ErrorInfo, ErrorInfo__Output } from './generated/google/rpc/ErrorInfo.js';
import type { Status, Status__Output } from './generated/google/rpc/Status.js';
import type { Services } from './services.js';

// From src and from dist it is the same way up.
export const protoFolder = join(__dirname, '../../../proto');

/** Every proto file, by its path in the folder. */
export const protoFiles = ['google/rpc', 'nse/v1'].flatMap((folder) =>
  readdirSync(join(protoFolder, folder))
    .filter((name) => name.endsWith('.proto'))
    .map((name) => `${folder}/${name}`),
);

/** Everything in proto/. The options must be those of generate.js. */
export const packageDefinition: PackageDefinition = loadSync(protoFiles, {
  includeDirs: [protoFolder],
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});

interface Loaded {
  readonly nse: { readonly v1: { readonly [N in keyof Services]: Services[N]['constructor'] } };
  readonly google: { readonly rpc: ErrorModel };
}

interface ErrorModel {
  readonly Status: MessageTypeDefinition<Status, Status__Output>;
  readonly ErrorInfo: MessageTypeDefinition<ErrorInfo, ErrorInfo__Output>;
  readonly BadRequest: MessageTypeDefinition<BadRequest, BadRequest__Output>;
}

const loaded = loadPackageDefinition(packageDefinition) as unknown as Loaded;

/** The client constructor of each service, with its definition as `service`. */
export const constructors = loaded.nse.v1;

/** The messages of Google's error model. */
export const errorModel = loaded.google.rpc;

export const servicePackage = 'nse.v1';
