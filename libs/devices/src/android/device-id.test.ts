import { assert, property, string, stringMatching, uniqueArray } from 'fast-check';
import { deviceId } from './device-id.js';

describe('the id of a phone', () => {
  test('is its serial where that is an id already', () => {
    expect(deviceId('r58m123abc')).toBe('android-r58m123abc');
  });

  test('tells serials apart that look alike, and can be read', () => {
    const serials = [
      '127.0.0.1:5555',
      '127-0-0-1-5555',
      '127.0.0.1_5555',
      'emulator-5554',
      'EMULATOR-5554',
      ':::',
      '...',
    ];
    const ids = serials.map(deviceId);
    expect(new Set(ids).size).toBe(serials.length);
    expect(ids[0]).toMatch(/^android-127-0-0-1-5555-[0-9a-f]{6}$/);
    expect(ids[3]).toBe('android-emulator-5554');
  });

  test('fits labels and names, whatever the serial', () => {
    const odd = string({ unit: 'binary', maxLength: 60 });
    assert(
      property(odd, (serial) => {
        expect(deviceId(serial)).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);
      }),
    );
  });

  test('is another for another serial', () => {
    const serials = uniqueArray(stringMatching(/^[A-Za-z0-9.:_-]{1,40}$/), { minLength: 2, maxLength: 20 });
    assert(property(serials, (each) => expect(new Set(each.map(deviceId)).size).toBe(each.length)));
  });
});
