// sbom.mjs NPM-SBOM [cpu|gpu]: the SBOM (CycloneDX) of an image, on standard output: of npm's list for the whole lock file
// the packages that are there, and the Python wheels that TensorFlow's libraries came from. Not in it: Node.js and Debian's
// packages, which the base image brings (`dpkg -l` lists them).
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { TENSORFLOW_CPU, TENSORFLOW_GPU } from './pins.mjs';

const [file, variant] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(name, 'utf8'));
const bom = read(file);

const there = new Set(
  Object.entries(read('package-lock.json').packages)
    .filter(([folder]) => folder !== '' && existsSync(folder))
    .map(([folder, entry]) => {
      const name = entry.name ?? folder.replace(/^.*node_modules\//, '');
      return purl('npm', name, entry.version ?? read(`${folder}/package.json`).version);
    }),
);
bom.components = bom.components.filter((component) => there.has(component.purl)).concat(wheels(variant));
const refs = new Set([
  bom.metadata.component['bom-ref'],
  ...bom.components.map((component) => component['bom-ref']),
]);
bom.dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
bom.metadata.component.name = 'nse';
process.stdout.write(`${JSON.stringify(bom, null, 1)}\n`);

function wheels(kind) {
  const pinned = { cpu: TENSORFLOW_CPU, gpu: TENSORFLOW_GPU }[kind]?.[process.arch] ?? [];
  return pinned.map(({ name, version, sha256 }) => ({
    'bom-ref': `${name}@${version}`,
    type: 'library',
    name,
    version,
    purl: purl('pypi', name, version),
    hashes: [{ alg: 'SHA-256', content: sha256 }],
  }));
}

function purl(kind, name, version) {
  return `pkg:${kind}/${name.replace('@', '%40')}@${version}`;
}
