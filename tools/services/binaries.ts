import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where servers are when the PATH of an ordinary user does not name them. */
const MORE_DIRS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];

/** apt-get starts no service: policy-rc.d forbids it meanwhile, unless the machine has a policy of its own. */
const APT = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
apt-get update -qq && apt-get install -y -qq --no-install-recommends "$1"
`;

/**
 * The path of a server's program: from `dirs`, from the PATH, else, as root on Debian, installed by apt-get with one printed line.
 * @throws {Error} saying how to install it
 */
export async function findProgram(
  program: string,
  debianPackage: string,
  dirs: readonly string[] = [],
): Promise<string> {
  const found = lookUp(program, dirs);
  if (found !== null) return found;
  if (process.getuid?.() === 0 && lookUp('apt-get', []) !== null) {
    process.stderr.write(`${program} is not on this machine: apt-get install ${debianPackage}\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('sh', ['-c', APT, 'apt', debianPackage], { env, timeout: 300_000, maxBuffer: 64 * 1024 * 1024 });
    const installed = lookUp(program, dirs);
    if (installed !== null) return installed;
  }
  throw new Error(`${program} is not on this machine. Install it (on Debian: apt-get install ${debianPackage}).`);
}

function lookUp(program: string, dirs: readonly string[]): string | null {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((dir) => dir !== '');
  for (const dir of [...dirs, ...path, ...MORE_DIRS]) {
    const file = join(dir, program);
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
