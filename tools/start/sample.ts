import { SingleBar } from 'cli-progress';
import pg from 'pg';
import { importCatalogue, type ImportProgress } from '../../apps/catalog/src/import/import-catalogue.js';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Loads the sample catalogue if the database holds no product, with a progress bar on a terminal.
 *
 * @param databaseUrl a database that has the catalog's tables
 * @param say told in one line what was loaded
 * @returns whether it loaded anything
 * @throws {Error} if a row is refused: the sample is ours, so it has none to refuse
 */
export async function loadSample(databaseUrl: string, file: string, say: (line: string) => void): Promise<boolean> {
  if (await isFilled(databaseUrl)) return false;
  const bar = process.stderr.isTTY ? new SingleBar({ format: 'Sample catalogue {bar} {rows} products' }) : null;
  bar?.start(1, 0, { rows: 0 });
  const onProgress = ({ bytes, totalBytes, rows }: ImportProgress): void => {
    bar?.setTotal(totalBytes);
    bar?.update(bytes, { rows });
  };
  // Nobody has read yet what is not there yet, so events are soon enough.
  const options = { file, databaseUrl, cache: null, map: {}, currency: 'EUR', skuPrefix: '', limit: null, onProgress };
  const { inserted, refused, categories } = await importCatalogue(options).finally(() => bar?.stop());
  if (refused[0]) throw new Error(`${file}, line ${refused[0].line}: ${refused[0].reason}`);
  say(`Loaded the sample catalogue: ${inserted} products in ${categories.join(' + ')} categories`);
  return true;
}

async function isFilled(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    const { rows } = await client.query<{ filled: boolean }>('SELECT EXISTS (SELECT FROM public.products) AS filled');
    return rows[0]?.filled === true;
  } finally {
    await client.end();
  }
}
