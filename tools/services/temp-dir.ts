import { accessSync, constants, statSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Who a folder is for. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Makes an empty folder where `owner` can get at it, and where everybody can pass through. The caller removes it. */
export async function createTempDir(name: string, owner?: Owner): Promise<string> {
  const base = [process.env['LARDER_TEST_DIR'], tmpdir(), '/var/tmp', '/tmp'].find(
    (dir): dir is string => dir !== undefined && isWritable(dir) && isOpenTo(dir, owner),
  );
  if (base === undefined) throw new Error('No folder for temporary files: set TMPDIR to one that every user may enter');
  const dir = await mkdtemp(join(base, `larder-${name}-`));
  await chmod(dir, 0o711);
  if (owner) await chown(dir, owner.uid, owner.gid);
  return dir;
}

/** Removes a folder and all in it; a missing one is fine. */
export async function removeDir(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Whether `user` may pass through `dir` and every folder above it. */
export function isOpenTo(dir: string, user: Owner | undefined): boolean {
  if (!user) return true;
  const { mode, uid, gid } = statSync(dir);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  return dirname(dir) === dir || isOpenTo(dirname(dir), user);
}

function isWritable(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
