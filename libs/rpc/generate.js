// Writes the types of all messages and services from proto/ to src/generated. Does nothing when they are up to date.
const { createHash } = require('node:crypto');
const { execFileSync } = require('node:child_process');
const { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const proto = path.join(__dirname, '../../proto');
const target = path.join(__dirname, 'src/generated');
const stamp = path.join(target, '.stamp');

const files = ['google/rpc', 'nse/v1'].flatMap((folder) =>
  readdirSync(path.join(proto, folder))
    .filter((name) => name.endsWith('.proto'))
    .sort()
    .map((name) => `${folder}/${name}`),
);
const sources = [path.join(__dirname, 'generate.js'), ...files.map((file) => path.join(proto, file))];
const digest = sources
  .reduce((hash, file) => hash.update(readFileSync(file)), createHash('sha256'))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
  // Elsewhere first: a compiler that runs now, or a stop half-way, never sees half of the files.
  const fresh = path.join(__dirname, 'dist', `generated-${process.pid}`);
  const generator = require.resolve('@grpc/proto-loader/build/bin/proto-loader-gen-types.js');
  // The same options as in src/definition.ts: they decide how values look when the program runs.
  const values = ['--longs=Number', '--enums=String', '--defaults', '--oneofs', '--includeComments'];
  const output = [
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.js',
    `--includeDirs=${proto}`,
    `--outDir=${fresh}`,
  ];
  execFileSync(process.execPath, [generator, ...values, ...output, ...files], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // One file for each proto file sums it up; we sum up in src/services.ts instead.
  for (const file of files) rmSync(path.join(fresh, `${path.basename(file, '.proto')}.ts`));
  const messages = readdirSync(path.join(fresh, 'nse/v1')).sort();
  const lines = messages.map((name) => `export type * from './nse/v1/${name.replace(/\.ts$/, '.js')}';\n`);
  writeFileSync(path.join(fresh, 'messages.ts'), lines.join(''));
  writeFileSync(path.join(fresh, '.stamp'), digest);
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
}
