// The launcher's entry. Only what the oldest Node can read stands here, so that an old one gets a clear answer.
import process from 'node:process';
import { NODE_MINIMUM } from './src/pins.mjs';
import { atLeast } from './src/version.mjs';

if (atLeast(process.versions.node, NODE_MINIMUM)) {
  const { launch } = await import('./src/launch.mjs');
  await launch(process.argv.slice(2));
} else {
  process.stderr.write(
    `nse needs Node.js ${NODE_MINIMUM} or newer; the 'node' on PATH (${process.execPath}) is ${process.versions.node}.\n` +
      "Get a newer one from your system's packages or from https://nodejs.org, then run this again.\n",
  );
  process.exitCode = 1;
}
