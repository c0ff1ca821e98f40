import path from 'node:path';
import {
  Enum,
  type Field,
  MapField,
  type Method,
  type NamespaceBase,
  OneOf,
  type ReflectionObject,
  Root,
  Service,
  Type,
} from 'protobufjs';
import { defaultDeadlines } from './client.js';
import { constructors } from './definition.js';
import { serviceConfig } from './retry.js';
import type { ServiceName } from './services.js';

const protoFolder = path.join(__dirname, '../../../proto');

/** In the order in which a search comes by them. */
const files = [
  'space_manager',
  'supernet_trainer',
  'fitness_evaluator',
  'retrainer',
  'latency_profiler',
  'common',
];

/** The text of docs/api.md: every service, method, message, field and enum with its comment in the proto files. */
export function apiReference(): string {
  const contents = files.map((file) => declaredIn(file));
  const services = contents.flat().filter((each) => each instanceof Service);
  return [
    introduction(),
    ...services.map(serviceSection),
    ...contents.map((objects, index) => messageSections(`${files[index] ?? ''}.proto`, objects)),
  ].join('\n');
}

/** Everything in a proto file of ours, nested types after what they are in. */
function declaredIn(file: string): ReflectionObject[] {
  const name = `nse/v1/${file}.proto`;
  return packageOf()
    .nestedArray.filter(({ filename }) => filename?.endsWith(name) ?? false)
    .flatMap((object) => [object, ...(object instanceof Type ? object.nestedArray : [])]);
}

let parsed: NamespaceBase | undefined;

/** The package as protobufjs reads it, with comments. */
function packageOf(): NamespaceBase {
  if (parsed) return parsed;
  const root = new Root();
  root.resolvePath = (_, target) => path.join(protoFolder, target);
  root.loadSync(
    files.map((file) => `nse/v1/${file}.proto`),
    { alternateCommentMode: true, keepCase: true },
  );
  root.resolveAll();
  parsed = root.lookupTypeOrEnum('nse.v1.TaskState').parent ?? root;
  return parsed;
}

function introduction(): string {
  const { retryPolicy } = serviceConfig(constructors.SpaceManager.service).methodConfig[0] ?? {};
  const waits = `${retryPolicy?.initialBackoff ?? ''} to ${retryPolicy?.maxBackoff ?? ''}`;
  const { callMs, streamMs } = defaultDeadlines;
  return `# The API

Every method and message of the five gRPC services, package \`nse.v1\`. This page is made from the comments in
\`proto/nse/v1\` by \`npm run reference -w libs/rpc\`. What is behind the calls, errors and guarantees:
[services.md](services.md); calls with grpcurl: [clients/README.md](clients/README.md).

- **Repeating.** _Reads_: changes nothing. _Idempotent_: a second call changes nothing more. Both are safe to repeat, and our
  client (\`@nse/rpc\`) tries them up to ${retryPolicy?.maxAttempts ?? 0} times while the server is ${retryPolicy?.retryableStatusCodes.join() ?? ''}, waiting ${waits}. Any other
  method says in its text when it may be repeated.
- **Deadlines.** The servers set none. Our client gives a call ${callMs / 1_000} s and a stream ${streamMs / 3_600_000} h, unless told otherwise.
- **JSON**, as grpcurl and other tools have it: fields in lowerCamelCase (snake_case is read, too), int64 as text, an enum's
  value as its name, a Struct as an object, bytes as base64. A field at its zero value is left out unless the tool is asked
  for it, as by grpcurl's \`-emit-defaults\`.
- **Sizes.** A message is at most 16 MiB, both ways.
`;
}

function serviceSection(service: Service): string {
  const repeated = new Set(
    serviceConfig(constructors[service.name as ServiceName].service).methodConfig.flatMap(({ name }) =>
      name.map(({ method }) => method),
    ),
  );
  const lines = service.methodsArray.map((method) => methodLine(method, repeated.has(method.name)));
  return [`## ${service.name}`, '', sentence(service), '', ...lines, ''].join('\n');
}

function methodLine(method: Method, repeated: boolean): string {
  const stream = method.responseStream === true ? 'stream of ' : '';
  const shape = `(${link(method.resolvedRequestType)}) → ${stream}${link(method.resolvedResponseType)}`;
  const reads = method.getOption('idempotency_level') === 'NO_SIDE_EFFECTS';
  const mark = !repeated ? '' : reads ? ' _Reads._' : ' _Idempotent._';
  return `- \`${method.name}\` ${shape}. ${sentence(method)}${mark}`;
}

function messageSections(file: string, objects: readonly ReflectionObject[]): string {
  const sections = objects.filter((each) => !(each instanceof Service)).map(messageSection);
  return [`## Messages of ${file}`, '', ...sections].join('\n');
}

function messageSection(object: ReflectionObject): string {
  const lines =
    object instanceof Enum ? valueLines(object) : object instanceof Type ? fieldLines(object) : [];
  const block = lines.length === 0 ? [] : [...lines, ''];
  return [`### ${shortName(object)}`, '', sentence(object), '', ...block].join('\n');
}

function valueLines({ values, comments }: Enum): string[] {
  return Object.entries(values).map(([name, number]) => {
    return `- ${number} \`${name}\`: ${oneLine(comments[name])}`;
  });
}

function fieldLines(message: Type): string[] {
  return message.fieldsArray.map((field) => {
    const { partOf } = field;
    const choice = partOf instanceof OneOf && !partOf.isProto3Optional ? ` (one of \`${partOf.name}\`)` : '';
    return `- ${field.id} \`${field.name}\` ${typeOf(field)}${choice}: ${sentence(field)}`;
  });
}

function typeOf(field: Field): string {
  const value = field.resolvedType === null ? field.type : link(field.resolvedType);
  if (field instanceof MapField) return `map of ${field.keyType} to ${value}`;
  if (field.repeated) return `list of ${value}`;
  return field.partOf?.isProto3Optional === true ? `optional ${value}` : value;
}

/** A link to the type's section, or the plain name of one that is not ours. */
function link(type: ReflectionObject | null): string {
  if (type === null) return '';
  if (!type.fullName.startsWith('.nse.v1.')) return `\`${type.fullName.slice(1)}\``;
  const name = shortName(type);
  return `[${name}](#${name.toLowerCase().replaceAll('.', '')})`;
}

/** The name within the package: `Search.Phase`. */
function shortName({ fullName }: ReflectionObject): string {
  return fullName.slice('.nse.v1.'.length);
}

function sentence({ comment }: ReflectionObject): string {
  return oneLine(comment);
}

function oneLine(comment: string | null | undefined): string {
  return (comment ?? '').replaceAll('\n', ' ').trim();
}
