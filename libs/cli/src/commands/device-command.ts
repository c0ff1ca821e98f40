import { fromTimestamp, type messages } from '@nse/rpc';
import type { Command } from 'commander';
import { columns } from '../columns.js';
import { withExamples } from '../examples.js';
import { messageJson } from '../message-json.js';
import { print, printLine, type Shell } from '../shell.js';
import { updates } from '../updates.js';
import { addMeasure } from './device-command-measure.js';
import { type Connected, connected, onSystem } from './options.js';

type Device = messages.Device__Output;

/** `nse device`: what latency is measured on. */
export function addDevice(parent: Command, shell: Shell): void {
  const device = withExamples(
    parent.command('device').description('attached devices: list, watch, measure on them'),
    ['device list', 'this machine, and phones of an adb server'],
  );
  addList(device, shell);
  addWatch(device, shell);
  addMeasure(device, shell);
}

function addList(parent: Command, shell: Shell): void {
  const command = parent.command('list').description('all devices that are attached, or were');
  withExamples(
    connected(command),
    ['device list', 'what they are, and what is done on them'],
    ['device list --json | jq .[].properties', 'all that they tell of themselves'],
  ).action((options: Connected) =>
    onSystem(shell, options, async ({ latencyProfiler }) => {
      const { devices } = await latencyProfiler.listDevices({});
      print(shell, options, messageJson(devices), () => devicesText(devices));
    }),
  );
}

function devicesText(devices: readonly Device[]): string {
  if (devices.length === 0) return 'No device is attached. docs/devices.md says how one is.';
  const titles = ['DEVICE', 'KIND', 'STATE', 'CORES', 'RUNTIME', 'MODEL', 'SEEN', 'JOB'];
  const rows = devices.map((device) => {
    const { id, kind, cores, runtime, model, seenTime, job, waiting } = device;
    return [
      ...[id, kind, stateText(device), String(cores), runtime, model],
      seenTime === null ? '-' : fromTimestamp(seenTime).toISOString().slice(0, 19).replace('T', ' '),
      [job, waiting > 0 ? `${waiting} waiting` : ''].filter((text) => text !== '').join(', '),
    ];
  });
  return columns(titles, rows, ['CORES']);
}

/** In place of `away`, why one that is attached cannot be used: `unauthorized: allow USB debugging on its screen`. */
const stateText = ({ state, properties }: Device) =>
  properties['unusable'] ?? state.slice('DEVICE_STATE_'.length).toLowerCase();

function addWatch(parent: Command, shell: Shell): void {
  const command = parent
    .command('watch')
    .description('a line for every device, and whenever one changes, until Ctrl-C');
  withExamples(connected(command, 'every change as a line of JSON'), [
    'device watch',
    'as they come, go, begin and end jobs',
  ]).action((options: Connected) =>
    onSystem(shell, options, async ({ latencyProfiler }) => {
      const open = () => latencyProfiler.watchDevices({}, { signal: shell.signal });
      for await (const device of updates(open, () => false, shell.signal)) {
        if (options.json === true) printLine(shell, messageJson(device));
        else shell.stdout.write(`${lineOf(device)}\n`);
      }
    }),
  );
}

const lineOf = (device: Device): string =>
  [device.id, stateText(device), device.model, device.job].filter((text) => text !== '').join('  ');
