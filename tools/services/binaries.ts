import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where servers are when the PATH of an ordinary user does not name them. */
const MORE_DIRS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];

/**
 * Installs the packages named that are missing, one run of this script at a time: apt-get refuses to run beside itself.
 * No service is started: policy-rc.d forbids it meanwhile, unless the machine has a policy of its own.
 */
const APT = `
exec 9< /var/lib/dpkg && flock -w 600 9 || exit 1
missing=
for package; do
  [ "$(dpkg-query -W -f '\${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
apt-get update -qq 9<&- && apt-get install -y -qq --no-install-recommends $missing 9<&-
`;

const APT_TIMEOUT_MS = 900_000;

/** A server's program and where it comes from. */
export interface Program {
  readonly name: string;
  /** The Debian package that holds it. */
  readonly package: string;
  /** Folders to look in before those of the PATH. */
  readonly dirs?: readonly string[];
}

export const REDIS: Program = { name: 'redis-server', package: 'redis-server' };
/** Debian's wrapper in the PATH is for its own service. */
export const RABBIT: Program = {
  name: 'rabbitmq-server',
  package: 'rabbitmq-server',
  dirs: ['/usr/lib/rabbitmq/bin'],
};
/** RabbitMQ's port mapper. */
export const EPMD: Program = { name: 'epmd', package: 'erlang-base' };
export const CURL: Program = { name: 'curl', package: 'curl' };
/** A browser, for tests that look at pages. */
export const CHROMIUM: Program = { name: 'chromium', package: 'chromium' };
export const OPENSSL: Program = { name: 'openssl', package: 'openssl' };

/**
 * The path of a program: from its `dirs`, from the PATH, else, as root on Debian, installed by apt-get with one printed line.
 * @throws {Error} saying how to install it
 */
export async function findProgram(program: Program): Promise<string> {
  await installMissing([program]);
  const found = lookUp(program);
  if (found === null) throw new Error(`${program.name} is not on this machine. ${remedyFor([program])}`);
  return found;
}

/**
 * Installs those of the programs that are not on this machine by one apt-get, if this is root on Debian.
 * Elsewhere it does nothing, and {@link findProgram} says what is missing.
 * @throws {Error} if apt-get fails
 */
export async function installMissing(programs: readonly Program[]): Promise<void> {
  const missing = programs.filter((program) => lookUp(program) === null);
  if (missing.length === 0 || process.getuid?.() !== 0) return;
  if (lookUp({ name: 'apt-get' }) === null) return;
  const packages = missing.map((program) => program.package);
  const names = missing.map(({ name }) => name).join(', ');
  process.stderr.write(`Not on this machine: ${names}; running apt-get install ${packages.join(' ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, timeout: APT_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  try {
    await run('sh', ['-c', APT, 'apt', ...packages], options);
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new Error(`apt-get failed. ${remedyFor(missing)}\n${stderr.slice(-2_000)}`, { cause });
  }
}

function remedyFor(programs: readonly Program[]): string {
  return `Install it (on Debian: apt-get install ${programs.map((program) => program.package).join(' ')}).`;
}

function lookUp({ name, dirs = [] }: Pick<Program, 'name' | 'dirs'>): string | null {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((dir) => dir !== '');
  for (const dir of [...dirs, ...path, ...MORE_DIRS]) {
    const file = join(dir, name);
    if (isExecutable(file)) return file;
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The ids of a system user, `null` when there is none of that name. */
export function userIds(name: string): { uid: number; gid: number } | null {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}
