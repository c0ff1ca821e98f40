import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { apiReference } from './reference.js';

writeFileSync(path.join(__dirname, '../../../docs/api.md'), apiReference());
