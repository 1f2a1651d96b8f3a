/** The authority and the certificates of the services, in files: made where they are missing, renewed in time, else kept. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forDays, makeAuthority, makeCertificate } from './certificates.mjs';

/** The services that call each other. */
export const SERVICES = ['gateway', 'auth', 'catalog', 'invalidator'];

const AUTHORITY_DAYS = 3_650;
const DAYS = 365;
/** With less than this left, a certificate is made anew. */
const RENEWAL_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Sees to `ca.pem`, `certificate.pem` and `key.pem` of every service, in `DIRECTORY/SERVICE`. The authority's own files are
 * in `vault`, and its key nowhere else. `keyMode` and `mode` are the files' permissions.
 * Answers for each service whether its certificate was `made`, and until when it is good.
 */
export async function keepCertificates({ directory, vault, keyMode = 0o600, mode = 0o644 }) {
  const authority = await keepAuthority(vault);
  const kept = [];
  for (const name of SERVICES) {
    const folder = join(directory, name);
    const found = readPair(join(folder, 'certificate.pem'), join(folder, 'key.pem'));
    const made = !isGood(found, name, authority);
    const pair = made ? await makeCertificate(authority, { names: [name], ...forDays(DAYS) }) : found;
    if (made) {
      write(join(folder, 'key.pem'), pair.key, keyMode);
      write(join(folder, 'certificate.pem'), pair.certificate, mode);
    }
    write(join(folder, 'ca.pem'), authority.certificate, mode);
    kept.push({ name, made, until: endOf(pair) });
  }
  return kept;
}

async function keepAuthority(vault) {
  const [certificateFile, keyFile] = [join(vault, 'authority.pem'), join(vault, 'authority-key.pem')];
  const found = readPair(certificateFile, keyFile);
  if (found !== null && endOf(found).getTime() - Date.now() > RENEWAL_MS) return found;
  const authority = await makeAuthority(forDays(AUTHORITY_DAYS));
  mkdirSync(vault, { recursive: true, mode: 0o700 });
  write(keyFile, authority.key, 0o400);
  write(certificateFile, authority.certificate, 0o444);
  return authority;
}

/** A certificate and its key; `null` unless both are there and belong together. */
function readPair(certificateFile, keyFile) {
  try {
    const pair = { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    return new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.key)) ? pair : null;
  } catch {
    return null;
  }
}

function isGood(pair, name, authority) {
  if (pair === null || endOf(pair).getTime() - Date.now() < RENEWAL_MS) return false;
  const certificate = new X509Certificate(pair.certificate);
  const issuer = new X509Certificate(authority.certificate);
  return certificate.subjectAltName === `DNS:${name}` && certificate.verify(issuer.publicKey);
}

function endOf({ certificate }) {
  return new Date(new X509Certificate(certificate).validTo);
}

/** Whole or not at all: a reader never sees half a file. */
function write(path, text, mode) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.draft`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, mode);
  renameSync(draft, path);
}
