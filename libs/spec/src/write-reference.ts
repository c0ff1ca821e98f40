import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { specReference } from './reference.js';

writeFileSync(path.join(__dirname, '../../../docs/spec.md'), specReference());
