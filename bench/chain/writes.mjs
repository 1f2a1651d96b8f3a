import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { wallMs } from './wall-clock.mjs';

/**
 * Serves the parent: commits as many writes as it asks for, spread evenly, each by one statement that takes the id of a product,
 * calls `committed` after each, and reports them.
 */
export async function serveWrites({ databaseUrl, ids }, statement, committed) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  let next = 0;
  process.on('message', async ({ writes, perSecond }) => {
    const commits = [];
    const startMs = performance.now();
    for (let write = 0; write < writes; write += 1) {
      await sleep(startMs + (write * 1_000) / perSecond - performance.now());
      const id = ids[(next += 1) % ids.length];
      await client.query({ name: 'change', text: statement, values: [id] });
      commits.push({ id, at: wallMs() });
      committed();
    }
    process.send(commits);
  });
  process.once('SIGTERM', () => process.exit(0));
  process.send('ready');
}
