import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ConfigError, scrubText } from '@larder/platform';
import { OperatorAccounts, type AccountRequest } from '../apps/auth/src/accounts/operator-accounts.js';
import { loadDatabaseConfig } from '../apps/auth/src/config.js';

const USAGE = `npm run account -- create [--role ROLE] EMAIL   makes an account; asks for the password, or reads it from a pipe
npm run account -- roles --role ROLE EMAIL      replaces an account's roles
npm run account -- sign-out EMAIL | --all       ends all sessions of an account, or of every account, within a minute

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
    options: {
      role: { type: 'string', multiple: true, default: ['customer'] },
      all: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const [command = '', email, ...more] = positionals;
  const roles = values.role as AccountRequest['roles'];
  const done = values.help === true || more.length > 0 ? null : await run(command, email, { roles, all: values.all });
  process.stdout.write(done ?? USAGE);
  return values.help === true || done !== null ? 0 : EXIT_FAILED;
}

interface Options {
  readonly roles: AccountRequest['roles'];
  readonly all: boolean;
}

/** Does what is asked for, and says so; `null` when that cannot be told. */
async function run(command: string, email: string | undefined, { roles, all }: Options): Promise<string | null> {
  if (command === 'sign-out' && all !== (email !== undefined)) return signOut(email ?? null);
  if (email === undefined || all || !['create', 'roles'].includes(command)) return null;
  await (command === 'create' ? create(email, roles) : setRoles(email, roles));
  return `${email}: ${roles.join(', ')}\n`;
}

async function signOut(email: string | null): Promise<string> {
  const { DATABASE_URL } = loadDatabaseConfig();
  const count = await withAccounts(DATABASE_URL, (accounts) => accounts.signOut(email));
  return `${email ?? `${count} accounts`}: signed out everywhere within a minute\n`;
}

async function create(email: string, roles: AccountRequest['roles']): Promise<void> {
  const { DATABASE_URL } = loadDatabaseConfig();
  const password = await readPassword();
  await withAccounts(DATABASE_URL, (accounts) => accounts.create({ email, password, roles }));
}

async function setRoles(email: string, roles: AccountRequest['roles']): Promise<void> {
  await withAccounts(loadDatabaseConfig().DATABASE_URL, (accounts) => accounts.setRoles({ email, roles }));
}

async function withAccounts<Result>(
  url: string,
  work: (accounts: OperatorAccounts) => Promise<Result>,
): Promise<Result> {
  const accounts = await OperatorAccounts.open(url);
  try {
    return await work(accounts);
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
