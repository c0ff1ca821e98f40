import type { Metadata, ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { NseError } from '@nse/space';
import { packageDefinition } from './definition.js';
import { hashOf, type KnownToken, type Role, roles, tokenOf } from './tokens.js';

export interface AccessOptions {
  /** The path of the file of tokens. */
  readonly tokens: string;
  /** Who needs no token, by the common name of its certificate: services that call others. */
  readonly certificates: ReadonlyMap<string, Role>;
}

/**
 * What NSE_TOKENS (a file) and NSE_TRUSTED_CERTIFICATES (`NAME=ROLE`, with commas) say; undefined where every caller may do
 * everything. Raises INVALID_ARGUMENT for what is no role, and FAILED_PRECONDITION for trusted certificates without tokens.
 */
export function accessFromEnvironment(env: NodeJS.ProcessEnv = process.env): AccessOptions | undefined {
  const tokens = env['NSE_TOKENS'] ?? '';
  const trusted = env['NSE_TRUSTED_CERTIFICATES'] ?? '';
  if (tokens === '' && trusted === '') return undefined;
  const field = 'NSE_TRUSTED_CERTIFICATES';
  if (tokens === '') {
    throw new NseError('FAILED_PRECONDITION', `${field} means nothing without NSE_TOKENS`, { field });
  }
  const pairs = trusted.split(',').filter((pair) => pair.trim() !== '');
  const certificates = pairs.map((pair): [string, Role] => {
    const [, name, word] = /^\s*([^=\s]+)=(\w+)\s*$/.exec(pair) ?? [];
    const role = roles.find((known) => known === word);
    if (name !== undefined && role !== undefined) return [name, role];
    throw new NseError('INVALID_ARGUMENT', `"${pair}" is no NAME=${roles.join('|')}`, { field });
  });
  return { tokens, certificates: new Map(certificates) };
}

/** What a caller shows to say who it is. A token is kept as its hash only. */
export interface Shown {
  readonly tokenHash?: Buffer;
  /** The common name of a certificate that was verified. */
  readonly certificate?: string;
}

type AuthContext = ReturnType<ServerInterceptingCallInterface['getAuthContext']>;

/** What a call shows; the token leaves the metadata, so that no handler comes upon it. */
export function takeShown(metadata: Metadata, { sslPeerCertificate }: AuthContext): Shown {
  const [header] = metadata.get('authorization');
  metadata.remove('authorization');
  const token = typeof header === 'string' ? /^bearer +(\S+)$/i.exec(header)?.[1] : undefined;
  // A subject with several common names is an array, whatever its type says.
  const name: unknown = sslPeerCertificate?.subject.CN;
  return {
    ...(header === undefined ? {} : { tokenHash: hashOf(token ?? '') }),
    ...(typeof name === 'string' ? { certificate: name } : {}),
  };
}

export interface Rules {
  readonly tokens: readonly KnownToken[];
  readonly certificates: AccessOptions['certificates'];
}

/** Who calls, as logs may say it: `token anna`, `certificate search-controller`, or `anyone`. */
export type Caller = string;

/**
 * Who the caller of a method is. Raises UNAUTHENTICATED for one that shows no token, or none that counts, and
 * PERMISSION_DENIED for one whose role is too small. Who shows a token is judged by that alone.
 */
export function admit(path: string, shown: Shown, rules: Rules, now: Date): Caller {
  const needed = neededFor(path);
  if (needed === 'none') return 'anyone';
  const { caller, role } = identified(shown, rules, now);
  if (role === 'editor' || needed === 'reader') return caller;
  const message = `${path.slice(1)} needs the role ${needed}, and the ${caller} has the role ${role}`;
  throw new NseError('PERMISSION_DENIED', message, { reason: 'RoleTooSmall' });
}

function identified(shown: Shown, rules: Rules, now: Date): { caller: Caller; role: Role } {
  const { tokenHash, certificate } = shown;
  if (tokenHash !== undefined) {
    const token = tokenOf(tokenHash, rules.tokens);
    const expired = token?.expires !== undefined && new Date(token.expires) <= now;
    if (token !== undefined && !expired) return { caller: `token ${token.name}`, role: token.role };
    const why = expired ? `: it expired at ${token.expires ?? ''}` : '';
    throw new NseError('UNAUTHENTICATED', `the token does not count${why}; ${howTo}`, {
      reason: 'TokenRefused',
    });
  }
  const role = certificate === undefined ? undefined : rules.certificates.get(certificate);
  if (role !== undefined) return { caller: `certificate ${certificate ?? ''}`, role };
  throw new NseError('UNAUTHENTICATED', `a token is needed; ${howTo}`, { reason: 'TokenMissing' });
}

const howTo = 'send one as the metadata "authorization: Bearer TOKEN" (k8s/tokens add makes one)';

/** What a method asks of its caller. What nobody has said to be harmless is for editors. */
export function neededFor(path: string): Role | 'none' {
  if (path.startsWith('/grpc.health.v1.Health/')) return 'none';
  return readMethods.has(path) || /^\/grpc\.reflection\.v1(alpha)?\.ServerReflection\//.test(path)
    ? 'reader'
    : 'editor';
}

/** Every method of our services. */
export const methods: readonly MethodDefinition<object, object>[] = Object.values(packageDefinition).flatMap(
  (definition) => ('format' in definition ? [] : Object.values(definition)),
);

/** The methods that their proto file marks as having no side effects. */
const readMethods: ReadonlySet<string> = new Set(
  methods.filter((method) => levelOf(method) === 'NO_SIDE_EFFECTS').map(({ path }) => path),
);

function levelOf(method: object): unknown {
  const options: unknown = 'options' in method ? method.options : undefined;
  return typeof options === 'object' && options !== null && 'idempotency_level' in options
    ? options.idempotency_level
    : undefined;
}
