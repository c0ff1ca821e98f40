import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { cliReference } from './reference.js';

writeFileSync(path.join(__dirname, '../../../docs/cli.md'), cliReference());
