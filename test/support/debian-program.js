// Programs of Debian packages, for tests: unpacked into the cache with the libraries that are not there; nothing is installed.
const { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { built, run } = require('./programs.js');

/** The program of a package, at its path there; one on the PATH is as good. `{ missing }` says why there is none. */
function debianProgram(name, file) {
  if (!run(name, ['--version']).error) return { program: name };
  if (run('apt-get', ['--version']).error)
    return { missing: `there is no ${name} on the PATH, and no apt-get` };
  return built('debian', name, `bin/${name}`, (into) => {
    const fetched = fetchPackages(name, into);
    if (fetched.status === 0) writeStart(into, name, file);
    return fetched;
  });
}

/** Unpacks the package and what it needs of others. */
function fetchPackages(name, into) {
  const downloads = path.join(into, 'downloads');
  const lists = path.join(downloads, 'lists');
  mkdirSync(path.join(lists, 'partial'), { recursive: true });
  const known = /Candidate: \d/.test(run('apt-cache', ['policy', name]).stdout);
  // Images of containers come without lists; these go into the folder too.
  const options = known ? [] : ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${downloads}`];
  if (!known) {
    const updated = run('apt-get', [...options, 'update', '-q']);
    if (updated.status !== 0) return updated;
  }
  const downloaded = run('apt-get', [...options, 'download', '-q', ...needed(name, options)], {
    cwd: downloads,
  });
  if (downloaded.status !== 0) return downloaded;
  for (const deb of readdirSync(downloads).filter((each) => each.endsWith('.deb'))) {
    const unpacked = run('dpkg-deb', ['-x', path.join(downloads, deb), into]);
    if (unpacked.status !== 0) return unpacked;
  }
  rmSync(downloads, { recursive: true });
  return downloaded;
}

/** The package and all that it depends on, but what is installed. */
function needed(name, options) {
  const strictly = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const flags = ['depends', '--recurse', ...strictly.map((kind) => `--no-${kind}`)];
  const { stdout } = run('apt-cache', [...options, ...flags, name]);
  const names = stdout.split('\n').filter((line) => /^[a-z0-9][\w.+-]*$/.test(line));
  return names.filter(
    (each) => run('dpkg-query', ['-W', '-f', '${db:Status-Status}', each]).stdout !== 'installed',
  );
}

/** A script that starts the program with the libraries beside it. */
function writeStart(into, name, file) {
  const folders = readdirSync(path.join(into, 'usr/lib'), { recursive: true, withFileTypes: true })
    .filter((entry) => /\.so(\.|$)/.test(entry.name))
    .map((entry) => path.relative(into, entry.parentPath));
  const libraries = [...new Set(folders)].map((folder) => `$here/${folder}`).join(':');
  const start = path.join(into, 'bin', name);
  mkdirSync(path.dirname(start), { recursive: true });
  const script = `#!/bin/sh\nhere=$(cd "$(dirname "$0")/.." && pwd)\nLD_LIBRARY_PATH="${libraries}" exec "$here/${file}" "$@"\n`;
  writeFileSync(start, script);
  chmodSync(start, 0o755);
}

module.exports = { debianProgram };
