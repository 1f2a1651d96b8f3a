import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('..', import.meta.url));

/** Installs the peers with their exact versions in bench/node_modules, unless they are there. @throws {Error} if npm cannot */
export async function installPeers(say) {
  if (existsSync(join(BENCH, 'node_modules', '.package-lock.json'))) return;
  say('Installing the other libraries (npm ci in bench) ...');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await new Promise((resolve, reject) => {
    const child = spawn('npm', args, { cwd: BENCH, stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`npm ci in bench ended with code ${code}`)),
    );
  });
}
