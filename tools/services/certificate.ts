import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, OPENSSL } from './binaries.js';
import { createTempDir, removeDir } from './temp-dir.js';

const run = promisify(execFile);

/** A certificate for servers on 127.0.0.1 that vouches for itself, in files. */
export interface Certificate {
  /** The certificate in PEM, which is also the authority that clients have to trust. */
  readonly ca: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Removes the files; servers that have read them keep running. */
  remove(): Promise<void>;
}

/** Makes a certificate for 127.0.0.1 and localhost with a key of its own, good for two days. Needs openssl. */
export async function createCertificate(): Promise<Certificate> {
  const openssl = await findProgram(OPENSSL);
  const dir = await createTempDir('certificate');
  const [certificateFile, keyFile] = [join(dir, 'certificate.pem'), join(dir, 'key.pem')];
  await run(openssl, [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=larder-test'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
    ...['-keyout', keyFile, '-out', certificateFile],
  ]);
  return { ca: await readFile(certificateFile, 'utf8'), certificateFile, keyFile, remove: () => removeDir(dir) };
}
