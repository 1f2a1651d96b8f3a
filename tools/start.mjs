/**
 * npm start: the whole system in this one process, on a machine that has only Node.
 * npm run start:services (--services): the four apps as four processes, on real servers.
 * Installs packages and builds first if something is missing or has changed.
 */
import { ensureBuilt, ensureInstalled, root, say } from './bootstrap.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
const entry = process.argv.includes('--services') ? 'start-services' : 'start';
await import(new URL(`dist/tools/${entry}.js`, `file://${root}/`).href);
