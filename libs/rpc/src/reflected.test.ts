import type { PackageDefinition } from '@grpc/proto-loader';
import {
  FileDescriptorProto,
  type IDescriptorProto,
  type IFileDescriptorProto,
} from 'protobufjs/ext/descriptor';
import { packageDefinition } from './definition.js';
import { reflectedDefinition } from './reflected.js';

function filesOf(definition: PackageDefinition): IFileDescriptorProto[] {
  const files = new Map<string, IFileDescriptorProto>();
  for (const each of Object.values(definition)) {
    if (!('fileDescriptorProtos' in each)) continue;
    for (const bytes of each.fileDescriptorProtos as Buffer[]) {
      const file = FileDescriptorProto.decode(bytes) as IFileDescriptorProto;
      files.set(file.name ?? '', file);
    }
  }
  return [...files.values()];
}

/** Each message with its full name, those within others too. */
function messagesOf(messages: readonly IDescriptorProto[], scope: string): [string, IDescriptorProto][] {
  return messages.flatMap((message) => {
    const name = `${scope}.${message.name ?? ''}`;
    return [[name, message] as [string, IDescriptorProto], ...messagesOf(message.nestedType ?? [], name)];
  });
}

/** What a strict reader refuses: types that the file or its imports do not hold by that name, entries with another name. */
function faults(files: readonly IFileDescriptorProto[]): string[] {
  const all = files.map(({ name, dependency, messageType, enumType = [], package: scope = '' }) => {
    const messages = messagesOf(messageType ?? [], scope);
    const enums = [
      ...enumType.map((each) => `${scope}.${each.name ?? ''}`),
      ...messages.flatMap(([of, { enumType = [] }]) => enumType.map((each) => `${of}.${each.name ?? ''}`)),
    ];
    const holds = [...messages.map(([of]) => of), ...enums].map((of) => `.${of}`);
    return { name, imports: (dependency ?? []) as string[], messages, holds };
  });
  return all.flatMap((file) => {
    const seen = all.filter(({ name }) => name === file.name || file.imports.includes(name ?? ''));
    const known = new Set(seen.flatMap(({ holds }) => holds));
    return file.messages.flatMap(([of, { field = [], nestedType = [] }]) => [
      ...field
        .filter(({ typeName = '' }) => typeName !== '' && !known.has(typeName))
        .map(({ name = '' }) => `${of}.${name}`),
      ...nestedType
        .filter(({ name = '', options }) => options?.mapEntry === true && !name.endsWith('Entry'))
        .map(({ name = '' }) => `${of}.${name}`),
    ]);
  });
}

describe('what reflection tells', () => {
  const files = filesOf(reflectedDefinition());

  it('is whole: every type is there by its full name, in the file or one that it imports', () => {
    expect(faults(filesOf(packageDefinition))).toContain('nse.v1.Preset.spec');
    expect(faults(files)).toEqual([]);
  });

  it('has our services, health checks and reflection itself', () => {
    const services = files.flatMap(({ package: scope = '', service = [] }) =>
      service.map(({ name = '' }) => `${scope}.${name}`),
    );
    const standard = ['grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection'];
    expect(services).toEqual(expect.arrayContaining(['nse.v1.SpaceManager', ...standard]));
    expect(services.filter((name) => name.startsWith('nse.v1.'))).toHaveLength(5);
  });

  it('names maps, fields and their JSON as the compiler of protocol buffers does', () => {
    const messages = new Map(
      files.flatMap(({ package: scope = '', messageType = [] }) => messagesOf(messageType, scope)),
    );
    const fields = messages.get('nse.v1.Round')?.field ?? [];
    expect(fields).toContainEqual(
      expect.objectContaining({ name: 'best_accuracy', jsonName: 'bestAccuracy' }),
    );
    expect(fields).toContainEqual(
      expect.objectContaining({ name: 'artifacts', typeName: '.nse.v1.Round.ArtifactsEntry' }),
    );
    expect(messages.get('nse.v1.Round.ArtifactsEntry')?.options).toMatchObject({ mapEntry: true });
  });
});
