import type { ServiceDefinition } from '@grpc/grpc-js';

/** The part of gRPC's service config that is used. */
export interface ServiceConfig {
  readonly loadBalancingConfig: readonly [];
  readonly methodConfig: readonly MethodConfig[];
}

interface MethodConfig {
  readonly name: readonly { readonly service: string; readonly method: string }[];
  readonly retryPolicy: {
    readonly maxAttempts: number;
    readonly initialBackoff: string;
    readonly maxBackoff: string;
    readonly backoffMultiplier: number;
    readonly retryableStatusCodes: readonly ['UNAVAILABLE'];
  };
}

/** Retries, while the server is UNAVAILABLE, of the methods that the proto file marks as safe to repeat. */
export function serviceConfig(definition: ServiceDefinition): ServiceConfig {
  const name = Object.values(definition).flatMap((method) => {
    const [, service = '', called = ''] = method.path.split('/');
    return isIdempotent(method) ? [{ service, method: called }] : [];
  });
  const retryPolicy = {
    maxAttempts: 5,
    initialBackoff: '0.2s',
    maxBackoff: '2s',
    backoffMultiplier: 2,
    retryableStatusCodes: ['UNAVAILABLE'],
  } as const;
  return { loadBalancingConfig: [], methodConfig: name.length === 0 ? [] : [{ name, retryPolicy }] };
}

function isIdempotent(method: object): boolean {
  const options: unknown = 'options' in method ? method.options : undefined;
  if (typeof options !== 'object' || options === null || !('idempotency_level' in options)) return false;
  return options.idempotency_level === 'IDEMPOTENT' || options.idempotency_level === 'NO_SIDE_EFFECTS';
}
