/**
 * The first version number in a text, as `nats-server: v2.10.7` or `Python 3.11.7` print it.
 *
 * @param {string} text
 * @returns {string | undefined} `major.minor` or `major.minor.patch`
 */
export function versionIn(text) {
  return /\d+\.\d+(\.\d+)?/.exec(text)?.[0];
}

/**
 * @param {string} version `major.minor` or `major.minor.patch`
 * @param {string} minimum the same
 * @returns {boolean} whether `version` is `minimum` or newer
 */
export function atLeast(version, minimum) {
  const have = version.split('.').map(Number);
  const need = minimum.split('.').map(Number);
  for (let part = 0; part < 3; part++) {
    const difference = (have[part] ?? 0) - (need[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
