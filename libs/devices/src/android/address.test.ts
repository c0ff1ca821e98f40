import { adbAddress } from './address.js';

describe('the address of an adb server', () => {
  test.each([
    [undefined, { host: '127.0.0.1', port: 5037 }],
    ['', { host: '127.0.0.1', port: 5037 }],
    ['tcp:5038', { host: '127.0.0.1', port: 5038 }],
    ['tcp:adb.lab:5037', { host: 'adb.lab', port: 5037 }],
    ['tcp:[::1]:5037', { host: '::1', port: 5037 }],
  ])('is read from %j', (socket, address) => {
    expect(adbAddress(socket)).toEqual(address);
  });

  test.each([
    'localfilesystem:/run/adb',
    'localabstract:adb',
    'tcp:',
    'tcp:host:',
    'tcp:host:0',
    'tcp:1:99999',
    '5037',
  ])('is refused where it is %j', (socket) => {
    expect(() => adbAddress(socket)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'ADB_SERVER_SOCKET' }) as Error,
    );
  });
});
