/** npm run certs -- DIRECTORY: certificates for calls between services, without openssl; see USAGE. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, say } from './bootstrap.mjs';

const USAGE = `npm run certs -- DIRECTORY   makes an authority, and a certificate for each service

  DIRECTORY/authority   the authority and its key: keep it away from the services
  DIRECTORY/SERVICE     ca.pem, certificate.pem and key.pem of gateway, auth, catalog and invalidator

What is there already is kept, until 30 days before its end. Services take over what was renewed by themselves, with
their next connection. Without DIRECTORY/authority everything is made anew, and nobody trusts what was before.
Each service reads its own files: SERVICE_TLS_CA_FILE, SERVICE_TLS_CERT_FILE, SERVICE_TLS_KEY_FILE.
`;

try {
  const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true });
  const [directory, ...more] = positionals;
  if (values.help === true || directory === undefined || more.length > 0) {
    process.stdout.write(USAGE);
    process.exitCode = values.help === true ? 0 : 1;
  } else {
    await ensureInstalled();
    const { keepCertificates } = await import('./certs/kept-certificates.mjs');
    const place = { directory: resolve(directory), vault: join(resolve(directory), 'authority') };
    for (const { name, made, until } of await keepCertificates(place)) {
      process.stdout.write(`${name}: ${made ? 'made' : 'kept'}, good until ${until.toISOString().slice(0, 10)}\n`);
    }
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
