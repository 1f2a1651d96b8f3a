/** A certificate and its private key, in PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** From when to when a certificate is good. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What a certificate says beside its validity: the DNS names, at least one, and whether one may call with it. */
export interface CertificateRequest extends Validity {
  readonly names: readonly string[];
  readonly client?: boolean;
}

export function forDays(days: number): Validity;
export function makeAuthority(validity: Validity): Promise<KeyedCertificate>;
export function makeCertificate(authority: KeyedCertificate, request: CertificateRequest): Promise<KeyedCertificate>;
