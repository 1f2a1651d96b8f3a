/**
 * make-secrets.mjs DIRECTORY: makes the secrets of the compose stack at its first start, and keeps them; renews certificates.
 *
 * `vault/values.json` holds every value, and only this program reads it. From it come the folders of the services, one
 * volume each, so that a service sees its own secrets and no other's. The key of the authority is in the vault alone.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { keepCertificates } from '../../tools/certs/kept-certificates.mjs';
import { filesOf, NAMES } from './files.mjs';

const PRIVATE = 0o400;
/** The reader is another user than the writer; nobody else sees the volume. */
const READABLE = 0o444;

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('Which directory?');

const values = keepValues(join(directory, 'vault', 'values.json'));
for (const [path, text] of Object.entries(filesOf(values))) write(join(directory, path), text, READABLE);

const vault = join(directory, 'vault');
const certificates = await keepCertificates({ directory, vault, keyMode: READABLE, mode: READABLE });
for (const { name, made, until } of certificates) {
  process.stdout.write(`certificate of ${name}: ${made ? 'new' : 'the same'}, good until ${until.toISOString()}\n`);
}

/** The values that are there already, completed by new ones. */
function keepValues(path) {
  const kept = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const missing = NAMES.filter((name) => kept[name] === undefined);
  const made = Object.fromEntries(missing.map((name) => [name, randomBytes(32).toString('base64url')]));
  if (missing.length > 0) write(path, JSON.stringify({ ...kept, ...made }, null, 2), PRIVATE);
  process.stdout.write(`secrets: ${NAMES.length - missing.length} kept, ${missing.length} made\n`);
  return { ...kept, ...made };
}

/** Whole or not at all: a reader never sees half a file. */
function write(path, text, mode) {
  mkdirSync(join(path, '..'), { recursive: true });
  const draft = `${path}.draft`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, mode);
  renameSync(draft, path);
}
