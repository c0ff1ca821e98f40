import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { experimental } from '@grpc/grpc-js';
import { FollowedFiles, type FollowOptions } from './followed-files.js';
import type { TlsFiles } from './tls.js';

type Part = keyof TlsFiles;
type Pems = { readonly [P in Part]?: Buffer };
type Listener = experimental.CaCertificateUpdateListener | experimental.IdentityCertificateUpdateListener;

/**
 * The files' certificates as grpc-js takes them, new ones for each new connection; connections that stand go on. grpc-js has
 * such a provider too, but without a look at what it read: half a file, or a key that is not the certificate's, would
 * close a server.
 */
export class FollowedCertificates implements experimental.CertificateProvider {
  private readonly files: FollowedFiles<Pems>;
  private readonly stops = new Map<Listener, () => void>();

  /** Raises an error for files that cannot be read, are no PEM, or do not belong together. */
  constructor(tls: TlsFiles, options: FollowOptions = {}) {
    const parts = (['ca', 'cert', 'key'] as const).flatMap((part) => {
      const path = tls[part];
      return path === undefined ? [] : [{ part, path }];
    });
    this.files = new FollowedFiles(
      parts.map(({ path }) => path),
      (contents) => checked(Object.fromEntries(parts.map(({ part }, index) => [part, contents[index]]))),
      options,
    );
  }

  addCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.add(listener, ({ ca }) => listener(ca === undefined ? null : { caCertificate: ca }));
  }

  removeCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.remove(listener);
  }

  addIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.add(listener, ({ cert, key }) =>
      listener(cert === undefined || key === undefined ? null : { certificate: cert, privateKey: key }),
    );
  }

  removeIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.remove(listener);
  }

  private add(listener: Listener, tell: (pems: Pems) => void): void {
    const tellNow = () => {
      if (this.stops.has(listener)) tell(this.files.current);
    };
    this.stops.set(listener, this.files.onChange(tellNow));
    // Not at once: grpc-js is not ready to be told before it has registered itself.
    process.nextTick(tellNow);
  }

  private remove(listener: Listener): void {
    this.stops.get(listener)?.();
    this.stops.delete(listener);
  }
}

/** Raises an error where the parts are of no use together. */
function checked(pems: Pems): Pems {
  createSecureContext(pems);
  // An authority that is cut off or empty would be none, without a word.
  if (pems.ca !== undefined) new X509Certificate(pems.ca);
  return pems;
}
