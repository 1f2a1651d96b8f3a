/** npm run verify:freshness: installs and builds what is missing, then runs the fault laboratory; see tools/verify-freshness.ts. */
import { ensureBuilt, ensureInstalled, root, say } from './bootstrap.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  await import(new URL('dist/tools/verify-freshness.js', `file://${root}/`).href);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
