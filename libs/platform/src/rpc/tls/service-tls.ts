import { Logger } from '@nestjs/common';
import {
  checkTexts,
  readTexts,
  sameTexts,
  type CredentialFiles,
  type Credentials,
  type CredentialTexts,
  type OwnContext,
} from './credentials.js';
import { UpstreamTls } from './upstream-tls.js';

/**
 * A service's certificate, its key and the authority that it trusts, from files that may be renewed while it runs: each new
 * connection begins with what the files hold then. While they hold nothing usable, what they held before stays in use.
 */
export class ServiceTls {
  private readonly logger = new Logger('Tls');
  private used: Credentials;
  private context: OwnContext;
  private seen: CredentialTexts;
  private told: string | undefined;

  /** @throws {ConfigError} naming the variable of what is missing or wrong */
  constructor(
    private readonly service: string,
    private readonly files: CredentialFiles,
  ) {
    this.seen = readTexts(files);
    this.used = checkTexts(this.seen, service);
    this.context = contextOf(this.used);
  }

  /** For a connection that begins now; the same object until the files change. */
  current(): OwnContext {
    try {
      const texts = readTexts(this.files);
      if (!sameTexts(texts, this.seen)) this.takeOver(texts);
      else if (this.used.endMs < Date.now()) this.warn('the certificate of this service has expired');
    } catch (error) {
      this.warn(error instanceof Error ? error.message : String(error));
    }
    return this.context;
  }

  /** How this service connects to the service `upstream`. */
  toward(upstream: string): UpstreamTls {
    return new UpstreamTls(upstream, () => this.current());
  }

  private takeOver(texts: CredentialTexts): void {
    this.used = checkTexts(texts, this.service);
    this.seen = texts;
    this.context = contextOf(this.used);
    this.told = undefined;
    this.logger.log({ message: 'certificates taken over', until: new Date(this.used.endMs).toISOString() });
  }

  /** Once, until it is something else: a connection is tried every half second. */
  private warn(reason: string): void {
    if (reason === this.told) return;
    this.told = reason;
    this.logger.warn({ message: 'certificates are not taken over, or not good any more', reason });
  }
}

/** Both ends are ours, so nothing older than the newest version has to be understood. */
function contextOf({ ca, cert, key }: Credentials): OwnContext {
  return { ca, cert, key, minVersion: 'TLSv1.3' };
}
