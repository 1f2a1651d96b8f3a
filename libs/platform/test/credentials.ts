import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  forDays,
  makeAuthority,
  makeCertificate,
  type KeyedCertificate,
  type Validity,
} from '../../../tools/certs/certificates.mjs';

/** The three variables of one service, and what stands in their files. */
export interface IssuedFiles {
  readonly SERVICE_TLS_CA_FILE: string;
  readonly SERVICE_TLS_CERT_FILE: string;
  readonly SERVICE_TLS_KEY_FILE: string;
  readonly SERVICE_PLAINTEXT: false;
}

/** An authority that issues certificates into files of one temporary folder. */
export class Issuer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'larder-issuer-'));
  private authority: Promise<KeyedCertificate> = makeAuthority(forDays(1));

  /** From now on another authority issues. */
  replaceAuthority(): void {
    this.authority = makeAuthority(forDays(1));
  }

  /** The authority, a certificate that it gave for `names`, and its key. */
  async pems(names: readonly string[], validity: Validity = forDays(1)): Promise<KeyedCertificate & { ca: string }> {
    const authority = await this.authority;
    return { ...(await makeCertificate(authority, { names, ...validity })), ca: authority.certificate };
  }

  /** Puts a certificate for `names`, of the issuer's own service by default, into the files of `service`. */
  async issue(service: string, names: readonly string[] = [service], validity?: Validity): Promise<IssuedFiles> {
    const { ca, certificate, key } = await this.pems(names, validity);
    return {
      SERVICE_TLS_CA_FILE: this.write(service, 'ca', ca),
      SERVICE_TLS_CERT_FILE: this.write(service, 'certificate', certificate),
      SERVICE_TLS_KEY_FILE: this.write(service, 'key', key),
      SERVICE_PLAINTEXT: false,
    };
  }

  /** Removes the files. */
  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private write(service: string, what: string, text: string): string {
    const path = join(this.folder, `${service}-${what}.pem`);
    writeFileSync(path, text);
    return path;
  }
}
