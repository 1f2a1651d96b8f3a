import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ConfigError } from '../../config/read-environment.js';
import { isNamedIn } from './names.js';

/** What a service shows to others and whom it trusts, in PEM. */
export interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** When the service's certificate ends, in milliseconds since the epoch. */
  readonly endMs: number;
}

/** What this side puts into every TLS connection, as Node takes it. */
export type OwnContext = Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'minVersion'>;

/** The paths of three files in PEM, by the variables that name them. */
export interface CredentialFiles {
  /** The authority that has issued the certificates of all services. */
  readonly SERVICE_TLS_CA_FILE: string;
  /** The service's own certificate, and those between it and the authority if there are any. */
  readonly SERVICE_TLS_CERT_FILE: string;
  readonly SERVICE_TLS_KEY_FILE: string;
}

/** What stands in the files, unread; {@link sameTexts} tells whether there is anything new. */
export type CredentialTexts = Pick<Credentials, 'ca' | 'cert' | 'key'>;

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @throws {ConfigError} naming each variable whose file cannot be read */
export function readTexts(files: CredentialFiles): CredentialTexts {
  const faults: string[] = [];
  const read = (variable: keyof CredentialFiles): string => {
    try {
      return readFileSync(files[variable], 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      faults.push(`${variable}: the file cannot be read (${code ?? 'unknown reason'})`);
      return '';
    }
  };
  const texts = {
    ca: read('SERVICE_TLS_CA_FILE'),
    cert: read('SERVICE_TLS_CERT_FILE'),
    key: read('SERVICE_TLS_KEY_FILE'),
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return texts;
}

export function sameTexts(one: CredentialTexts, other: CredentialTexts): boolean {
  return one.ca === other.ca && one.cert === other.cert && one.key === other.key;
}

/**
 * Checks that the texts are what they should be and fit each other, and that the certificate is good now and names `service`.
 * @throws {ConfigError} naming the variable of what does not
 */
export function checkTexts({ ca, cert, key }: CredentialTexts, service: string): Credentials {
  const authorities = certificatesIn('SERVICE_TLS_CA_FILE', ca);
  const [own, ...chain] = certificatesIn('SERVICE_TLS_CERT_FILE', cert) as [X509Certificate, ...X509Certificate[]];
  if (!own.checkPrivateKey(privateKeyIn(key))) {
    throw fault('SERVICE_TLS_KEY_FILE', 'the key does not belong to the certificate in SERVICE_TLS_CERT_FILE');
  }
  const complaint = complaintAbout(own, [...chain, ...authorities], service);
  if (complaint !== null) throw fault('SERVICE_TLS_CERT_FILE', complaint);
  try {
    createSecureContext({ ca, cert, key });
  } catch (error) {
    throw new ConfigError(['SERVICE_TLS_CERT_FILE: TLS cannot use it'], { cause: error });
  }
  return { ca, cert, key, endMs: Date.parse(own.validTo) };
}

function complaintAbout(own: X509Certificate, issuers: readonly X509Certificate[], service: string): string | null {
  const nowMs = Date.now();
  if (Date.parse(own.validTo) <= nowMs) return `the certificate has expired on ${own.validTo}`;
  if (Date.parse(own.validFrom) > nowMs) return `the certificate is not valid before ${own.validFrom}`;
  if (!isNamedIn(own, service)) return `the certificate does not name this service, ${service}`;
  const issued = issuers.some((issuer) => own.checkIssued(issuer) && own.verify(issuer.publicKey));
  return issued ? null : 'the certificate was not issued by the authority in SERVICE_TLS_CA_FILE';
}

/** At least one. */
function certificatesIn(variable: keyof CredentialFiles, text: string): X509Certificate[] {
  const blocks = text.match(CERTIFICATES) ?? [];
  if (blocks.length === 0) throw fault(variable, 'holds no certificate in PEM');
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw fault(variable, 'holds a certificate that cannot be read', error);
  }
}

function privateKeyIn(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw fault('SERVICE_TLS_KEY_FILE', 'holds no private key in PEM, or one with a password', error);
  }
}

function fault(variable: keyof CredentialFiles, complaint: string, cause?: unknown): ConfigError {
  return new ConfigError([`${variable}: ${complaint}`], { cause });
}
