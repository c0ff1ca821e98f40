import { setTimeout as delay } from 'node:timers/promises';
import { Attached } from './attached.js';
import { describeWithTestPhone } from './programs.js';

describeWithTestPhone('phones of the network that are named', () => {
  let attached: Attached;
  beforeAll(async () => {
    attached = await Attached.start();
  });
  afterAll(() => attached.stop());

  test('are connected to, also by an adb server that begins anew and knows none', async () => {
    const phones = [await attached.networkPhone(), await attached.networkPhone()];
    const seen = attached.connecting(phones, () => undefined);
    for (const { serial } of phones) await seen.device(serial);
    await attached.adb.end();
    await seen.until(() => seen.devices.size === 0);
    await attached.adb.serve();
    for (const { serial } of phones) await seen.device(serial);
    expect(seen.devices.size).toBe(phones.length);
  });

  test('are told of once where they cannot be reached, and when they can', async () => {
    const away = await attached.networkPhone();
    const there = await attached.networkPhone();
    away.unplug();
    const notices: string[] = [];
    const seen = attached.connecting([away, there], (text) => notices.push(text));
    await seen.device(there.serial);
    while (notices.length === 0) await delay(50);
    // Time for more tries than one.
    await delay(2_000);
    expect(notices).toEqual([
      expect.stringMatching(new RegExp(`^connecting to ${away.serial}: .*(fail|unable|cannot)`)) as string,
    ]);
    await away.plug();
    await seen.device(away.serial);
    while (notices.length === 1) await delay(50);
    expect(notices[1]).toBe(`${away.serial} is reached now`);
  });
});
