import { join, resolve } from 'node:path';

/** The repository's root, from dist/ as from src/. */
export const repositoryRoot = resolve(__dirname, '..', '..', '..');

/** Where `k8s/certificates` leaves what clients show. */
export const clientCertificates = join(repositoryRoot, '.nse', 'certificates');

/** Where `nse up` keeps NATS' files, logs and addresses. */
export const localStateDir = join(repositoryRoot, '.nse', 'local');
