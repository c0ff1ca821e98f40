import { strToU8, zipSync } from 'fflate';

/** The name of the file of labels in a TensorFlow Lite file, as its metadata tells it. */
export const LABELS_FILE = 'labels.txt';

/** The earliest date of a zip archive, so that equal input gives equal bytes. */
const NO_DATE = '1980-01-01T00:00:00';

/** Of a zip archive without a comment: how long the record at its end is, and where it tells the directory's place. */
const END_BYTES = 22;
const END_DIRECTORY = 16;
/** Where a directory's entry tells the place of its file. */
const ENTRY_FILE = 42;

/**
 * The model with the labels of its outputs behind it, a line each, as a file of a zip archive: so TensorFlow Lite carries files. Places
 * in the archive count from the beginning of the whole, as readers on Android take them.
 */
export function withLabels(model: Uint8Array, labels: readonly string[]): Uint8Array {
  const lines = labels.map((label) => `${label.replaceAll(/\s+/g, ' ')}\n`).join('');
  const archive = zipSync({ [LABELS_FILE]: [strToU8(lines), { level: 0, mtime: NO_DATE }] });
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.length - END_BYTES;
  const directory = view.getUint32(end + END_DIRECTORY, true);
  const move = (place: number) => {
    view.setUint32(place, view.getUint32(place, true) + model.length, true);
  };
  move(end + END_DIRECTORY);
  // It has one file.
  move(directory + ENTRY_FILE);
  const whole = new Uint8Array(model.length + archive.length);
  whole.set(model);
  whole.set(archive, model.length);
  return whole;
}
