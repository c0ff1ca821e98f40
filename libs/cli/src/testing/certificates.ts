import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate of these names, which is its own authority, as files; `secret` is as k8s/certificates stores it. */
export class Certificate {
  readonly folder = mkdtempSync(join(tmpdir(), 'nse-certificate-'));
  readonly files = { ca: this.path('tls.crt'), cert: this.path('tls.crt'), key: this.path('tls.key') };

  constructor(...names: string[]) {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const alternatives = `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`;
    const what = ['-subj', '/O=nse/CN=client', '-addext', alternatives, '-days', '1'];
    const to = ['-keyout', this.files.key, '-out', this.files.cert];
    execFileSync('openssl', ['req', '-x509', ...key, ...what, ...to], { stdio: 'pipe' });
  }

  get secret(): Record<string, string> {
    const cert = readFileSync(this.files.cert, 'utf8');
    return { 'ca.crt': cert, 'tls.crt': cert, 'tls.key': readFileSync(this.files.key, 'utf8') };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private path(name: string): string {
    return join(this.folder, name);
  }
}
