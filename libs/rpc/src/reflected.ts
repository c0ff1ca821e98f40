import { join } from 'node:path';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { NseError } from '@nse/space';
import { protoPath } from 'grpc-health-check';
import {
  FileDescriptorProto,
  type IDescriptorProto,
  type IFieldDescriptorProto,
  type IFileDescriptorProto,
} from 'protobufjs/ext/descriptor';
import { protoFiles, protoFolder } from './definition.js';

/** What every server offers beside its own services. */
export const standardServices = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

const reflectionFolder = join(require.resolve('@grpc/reflection/package.json'), '../build/proto');
const reflectionFiles = ['v1', 'v1alpha'].map((version) => `grpc/reflection/${version}/reflection.proto`);

/**
 * All that reflection tells of, with the names of the proto files. The loader's own descriptors are not whole: they import
 * nothing, name types relatively and map entries otherwise than the language wants, and strict readers such as grpcurl
 * refuse them.
 */
export function reflectedDefinition(): PackageDefinition {
  const definition: PackageDefinition = {
    ...loadSync(protoPath, { keepCase: true }),
    ...loadSync(reflectionFiles, { keepCase: true, includeDirs: [reflectionFolder] }),
    ...loadSync(protoFiles, { keepCase: true, includeDirs: [protoFolder] }),
  };
  const files = new Map<string, IFileDescriptorProto>();
  for (const { fileDescriptorProtos = [] } of Object.values(definition) as WithFiles[]) {
    for (const bytes of fileDescriptorProtos) {
      const file = FileDescriptorProto.decode(bytes) as IFileDescriptorProto;
      files.set(file.name ?? '', file);
    }
  }
  const whole = wholeFiles([...files.values()]).map((file) => encode(file));
  const entries = Object.entries(definition).map(([name, each]) => [
    name,
    'fileDescriptorProtos' in each ? { ...each, fileDescriptorProtos: whole } : each,
  ]);
  return Object.fromEntries(entries) as PackageDefinition;
}

interface WithFiles {
  readonly fileDescriptorProtos?: readonly Buffer[];
}

const encode = (file: IFileDescriptorProto) =>
  Buffer.from(FileDescriptorProto.encode(FileDescriptorProto.fromObject(file)).finish());

/** The files with entries of maps named as the language says, types by full name, and imports. */
function wholeFiles(files: readonly IFileDescriptorProto[]): IFileDescriptorProto[] {
  const named = files.map((file) => ({ ...file, messageType: file.messageType?.map(withEntryNames) ?? [] }));
  const fileOf = new Map<string, string>();
  for (const { name = '', package: scope = '', messageType, enumType = [] } of named) {
    for (const type of typesIn(scope, messageType, enumType)) fileOf.set(type, name);
  }
  return named.map((file) => {
    const imports = new Set<string>();
    const absolute = (typeName: string, scope: string): string => {
      const found = resolve(typeName, scope, fileOf);
      const importedFrom = fileOf.get(found);
      if (importedFrom === undefined)
        throw new NseError('INTERNAL', `no proto file has ${typeName} of ${scope}`);
      imports.add(importedFrom);
      return `.${found}`;
    };
    const { package: scope = '' } = file;
    const messageType = file.messageType.map((message) => withFullNames(message, scope, absolute));
    for (const { method = [] } of file.service ?? []) {
      for (const { inputType = '', outputType = '' } of method) {
        for (const type of [inputType, outputType]) absolute(type, scope);
      }
    }
    imports.delete(file.name ?? '');
    return { ...file, messageType, dependency: [...imports] };
  });
}

function withEntryNames(message: IDescriptorProto): IDescriptorProto {
  const { field: fields = [], nestedType: nested = [] } = message;
  const renamed = new Map<string, string>();
  for (const { name = '', typeName = '' } of fields) {
    const entry = nested.find((type) => type.options?.mapEntry === true && type.name === typeName);
    if (entry !== undefined) renamed.set(typeName, entryName(name));
  }
  const field = fields.map((each) => named(each, each.typeName, renamed));
  const nestedType = nested.map((type) => {
    const inner = withEntryNames(type);
    return { ...inner, name: renamed.get(type.name ?? '') ?? type.name ?? '' };
  });
  return { ...message, field, nestedType };
}

function named(
  field: IFieldDescriptorProto,
  typeName: string | undefined,
  renamed: ReadonlyMap<string, string>,
): IFieldDescriptorProto {
  const name = renamed.get(typeName ?? '');
  return name === undefined ? field : { ...field, typeName: name };
}

/** `best_scores` to `BestScoresEntry`. */
function entryName(field: string): string {
  return `${field.replaceAll(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Entry`;
}

/** Full names of the messages and enums, and of those within them. */
function typesIn(
  scope: string,
  messages: readonly IDescriptorProto[],
  enums: readonly { readonly name?: string }[],
): string[] {
  const inner = messages.flatMap(({ name = '', nestedType = [], enumType = [] }) =>
    typesIn(`${scope}.${name}`, nestedType, enumType),
  );
  return [...[...messages, ...enums].map(({ name = '' }) => `${scope}.${name}`), ...inner];
}

type Absolute = (typeName: string, scope: string) => string;

function withFullNames(message: IDescriptorProto, parent: string, absolute: Absolute): IDescriptorProto {
  const scope = `${parent}.${message.name ?? ''}`;
  const field = message.field?.map((each) => {
    const { name = '', typeName = '' } = each;
    // As the compiler of protocol buffers says it: grpcurl takes the plain name where there is none.
    const jsonName = name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    return { ...each, jsonName, ...(typeName === '' ? {} : { typeName: absolute(typeName, scope) }) };
  });
  const nestedType = message.nestedType?.map((type) => withFullNames(type, scope, absolute));
  return { ...message, ...(field && { field }), ...(nestedType && { nestedType }) };
}

/** The full name that a relative one means, looked for from the scope outwards. */
function resolve(typeName: string, scope: string, known: ReadonlyMap<string, unknown>): string {
  if (typeName.startsWith('.')) return typeName.slice(1);
  const parts = scope.split('.');
  for (let length = parts.length; length > 0; length--) {
    const candidate = [...parts.slice(0, length), typeName].join('.');
    if (known.has(candidate)) return candidate;
  }
  return typeName;
}
