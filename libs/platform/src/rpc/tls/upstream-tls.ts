import { X509Certificate } from 'node:crypto';
import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import { Logger } from '@nestjs/common';
import { isNamedIn } from './names.js';
import type { OwnContext } from './credentials.js';

const REPEAT_MS = 60_000;

/** How connections to one upstream are made: only to a peer whose certificate names the upstream's service, wherever it listens. */
export class UpstreamTls {
  private readonly logger = new Logger('Tls');
  private told = { message: '', atMs: 0 };

  constructor(
    private readonly upstream: string,
    private readonly own: () => OwnContext,
  ) {}

  /** For a connection that begins now. */
  options(): ConnectionOptions {
    return {
      ...this.own(),
      servername: this.upstream,
      rejectUnauthorized: true,
      checkServerIdentity: (_host, peer) => this.objection(peer),
    };
  }

  /** Logs why no connection came about, or why one ended, unless the network is why; the same once a minute at most. */
  failed(error: unknown): void {
    const { message, code, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== undefined) return;
    if (message === this.told.message && performance.now() - this.told.atMs < REPEAT_MS) return;
    this.told = { message, atMs: performance.now() };
    this.logger.error({ message: 'no TLS with an upstream', upstream: this.upstream, reason: message, code });
  }

  private objection(peer: PeerCertificate): Error | undefined {
    const certificate = new X509Certificate(peer.raw);
    if (isNamedIn(certificate, this.upstream)) return undefined;
    return new Error(`Its certificate is for ${String(certificate.subjectAltName)}, not for ${this.upstream}`);
  }
}
