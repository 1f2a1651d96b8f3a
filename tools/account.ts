import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ConfigError, scrubText } from '@larder/platform';
import { OperatorAccounts, type AccountRequest } from '../apps/auth/src/accounts/operator-accounts.js';
import { loadDatabaseConfig } from '../apps/auth/src/config.js';

const USAGE = `npm run account -- create [--role ROLE] EMAIL   makes an account; asks for the password, or reads it from a pipe
npm run account -- roles --role ROLE EMAIL      replaces an account's roles

  --role ROLE   customer (unless given), editor or operator; may be repeated

DATABASE_URL names the database of the auth service.
`;

const EXIT_FAILED = 1;
const EXIT_MISCONFIGURED = 78;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${scrubText(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_MISCONFIGURED : EXIT_FAILED;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { role: { type: 'string', multiple: true, default: ['customer'] }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [command = '', email, ...more] = positionals;
  if (values.help === true || email === undefined || more.length > 0 || !['create', 'roles'].includes(command)) {
    process.stdout.write(USAGE);
    return values.help === true ? 0 : EXIT_FAILED;
  }
  const roles = values.role as AccountRequest['roles'];
  await (command === 'create' ? create(email, roles) : setRoles(email, roles));
  process.stdout.write(`${email}: ${roles.join(', ')}\n`);
  return 0;
}

async function create(email: string, roles: AccountRequest['roles']): Promise<void> {
  const { DATABASE_URL } = loadDatabaseConfig();
  const password = await readPassword();
  await withAccounts(DATABASE_URL, (accounts) => accounts.create({ email, password, roles }));
}

async function setRoles(email: string, roles: AccountRequest['roles']): Promise<void> {
  await withAccounts(loadDatabaseConfig().DATABASE_URL, (accounts) => accounts.setRoles({ email, roles }));
}

async function withAccounts(url: string, work: (accounts: OperatorAccounts) => Promise<void>): Promise<void> {
  const accounts = await OperatorAccounts.open(url);
  try {
    await work(accounts);
  } finally {
    await accounts.close();
  }
}

/** The first line of a pipe; from a person, a line that is not shown. */
async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).split(/\r?\n/u, 1).join('');
  process.stderr.write('Password (15 to 128 characters, not shown): ');
  const unseen = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
