/** npm run account -- create EMAIL: installs and builds what is missing, then makes an account; see tools/account.ts. */
import { ensureBuilt, ensureInstalled, root, say } from './bootstrap.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  await import(new URL('dist/tools/account.js', `file://${root}/`).href);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
