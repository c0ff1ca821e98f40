import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from '../tls.js';

/** Real certificates of a test file, made by openssl in a folder of their own; `remove` ends it. */
export class TestCertificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'nse-tls-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  /** A certificate authority: NAME-ca.crt and its key. */
  authority(name: string): string {
    this.openssl(
      ...['req', '-x509', ...curve, '-keyout', `${name}-ca.key`, '-out', `${name}-ca.crt`],
      ...['-subj', `/CN=${name}`, '-days', '1'],
    );
    return this.path(`${name}-ca.crt`);
  }

  /** A certificate for localhost with the common name, signed by the authority; expired where `days` is below 0. */
  signed(authority: string, name: string, days = 1): Required<TlsFiles> {
    this.openssl(
      'req',
      ...curve,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/O=nse/CN=${name}`,
    );
    writeFileSync(this.path(`${name}.ext`), 'subjectAltName=DNS:localhost');
    const by = ['-CA', `${authority}-ca.crt`, '-CAkey', `${authority}-ca.key`, '-CAcreateserial'];
    this.openssl(
      ...['x509', '-req', '-in', `${name}.csr`, ...by, '-extfile', `${name}.ext`],
      ...['-out', `${name}.crt`, '-days', `${days}`],
    );
    return {
      ca: this.path(`${authority}-ca.crt`),
      cert: this.path(`${name}.crt`),
      key: this.path(`${name}.key`),
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
  }
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A folder whose files change all at once, by a link, as Kubernetes changes the volume of a Secret. */
export class TestSecret {
  private version = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Puts other content in place, each file a copy of the one that is named or, as bytes, that itself. */
  set(files: Readonly<Record<string, string | Buffer>>): void {
    this.version += 1;
    const version = `..version-${this.version}`;
    mkdirSync(this.path(version));
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.path(version), name);
      if (typeof content === 'string') copyFileSync(content, path);
      else writeFileSync(path, content);
    }
    symlinkSync(version, this.path('..data_tmp'));
    renameSync(this.path('..data_tmp'), this.path('..data'));
    if (this.version > 1) rmSync(this.path(`..version-${this.version - 1}`), { recursive: true });
    else for (const name of Object.keys(files)) symlinkSync(join('..data', name), this.path(name));
  }
}
