import { checkPinned, coreList, coreMask, parseCoreList } from './cores.js';

test('reads the lists that the kernel writes', () => {
  expect(parseCoreList('0-3,6\n')).toEqual([0, 1, 2, 3, 6]);
  expect(parseCoreList('7,1,1')).toEqual([1, 7]);
  expect(parseCoreList('')).toEqual([]);
  expect(() => parseCoreList('0;reboot')).toThrow('no list of cores');
});

test('writes lists and masks as taskset takes them', () => {
  expect(coreList([0, 1, 4])).toBe('0,1,4');
  expect(coreMask([0, 1, 4])).toBe('13');
  expect(coreMask([40])).toBe('10000000000');
});

test('refuses cores that there are not, and one named twice', () => {
  expect(() => checkPinned([0, 3], 4)).not.toThrow();
  expect(() => checkPinned([], 4)).not.toThrow();
  for (const wrong of [[4], [-1], [0.5], [1, 1]])
    expect(() => checkPinned(wrong, 4)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
});
