/** npm run import -- FILE: installs and builds what is missing, then loads a catalogue; see tools/import.ts. */
import { ensureBuilt, ensureInstalled, root, say } from './bootstrap.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  await import(new URL('dist/tools/import.js', `file://${root}/`).href);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
