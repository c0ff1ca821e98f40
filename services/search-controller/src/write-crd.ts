import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { crdText } from './crd.js';

writeFileSync(path.join(__dirname, '../../../k8s/base/search-crd.yaml'), crdText());
