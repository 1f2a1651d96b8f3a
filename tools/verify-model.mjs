/** npm run verify:model: installs and builds what is missing, then explores the protocol; see tools/verify-model.ts. */
import { ensureBuilt, ensureInstalled, root, say } from './bootstrap.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  await import(new URL('dist/tools/verify-model.js', `file://${root}/`).href);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
