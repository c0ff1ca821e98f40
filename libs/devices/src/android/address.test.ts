import { adbAddress, phoneSerials } from './address.js';

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

describe('the phones of the network', () => {
  test.each([
    [undefined, []],
    ['', []],
    ['pixel.lab', ['pixel.lab:5555']],
    ['10.0.0.7:5556, pixel_6 ,', ['10.0.0.7:5556', 'pixel_6:5555']],
    ['[fe80::1],[::1]:5037', ['[fe80::1]:5555', '[::1]:5037']],
  ])('are read from %j', (phones, serials) => {
    expect(phoneSerials(phones)).toEqual(serials);
  });

  test('are refused with each that is none', () => {
    const wrong = ['a b', 'host:', 'host:0', 'host:70000', 'tcp:5555:1', '::1', 'x;y', '[]:1'];
    const violations = wrong.map((word) => ({
      field: 'NSE_ADB_CONNECT',
      description: `${JSON.stringify(word)} is not HOST, HOST:PORT or [IPV6]:PORT`,
    }));
    expect(() => phoneSerials(['good', ...wrong].join())).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', violations }) as Error,
    );
  });
});
