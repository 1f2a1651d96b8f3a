import type { X509Certificate } from 'node:crypto';

/** Whether a certificate is for the service of this name: as one of its DNS names, letter by letter. */
export function isNamedIn(certificate: X509Certificate, service: string): boolean {
  return certificate.checkHost(service, { subject: 'never', wildcards: false }) !== undefined;
}
