import fc from 'fast-check';
import { hostDevices } from './host-devices.js';
import { hostFacts, hostId } from './host-facts.js';

test('the id of a host is a label, whatever its name', () => {
  expect(hostId('Build_Box.local')).toBe('host-build-box-local');
  expect(hostId('')).toBe('host');
  expect(hostId('日本')).toBe('host');
  fc.assert(fc.property(fc.string(), (name) => /^(?=.{1,40}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(hostId(name))));
});

test('a host tells what it is and what runs its models', () => {
  const facts = hostFacts();
  expect(facts).toMatchObject({ kind: 'host', format: 'onnx', runtime: 'onnxruntime 1.30.0' });
  expect(facts.cores).toBeGreaterThan(0);
  expect(facts.model).not.toBe('');
  expect(Number(facts.properties['memoryMiB'])).toBeGreaterThan(0);
});

test('the host is the one device of its source, until nobody watches any more', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const change of hostDevices('Node-1').watch(stop.signal)) {
    if (change.kind === 'attached') seen.push(change.device.facts.id);
    stop.abort();
  }
  expect(seen).toEqual(['host-node-1']);
});
