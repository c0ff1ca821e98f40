// Compiles the checkout as the set-up does, for an image.
import process from 'node:process';
import { build } from '../../tools/src/build.mjs';

await build(process.cwd(), []);
