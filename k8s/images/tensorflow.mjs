// Brings in the pinned TensorFlow and compiles the binding to it, as the set-up does, for an image.
import { mkdirSync } from 'node:fs';
import process from 'node:process';
import { installBinding } from '../../tools/src/binding.mjs';
import { siteOf } from '../../tools/src/site.mjs';
import { installTensorflow } from '../../tools/src/tensorflow.mjs';

const site = siteOf(process);
mkdirSync(site.cache, { recursive: true });
await installTensorflow(site, []);
await installBinding(site, []);
