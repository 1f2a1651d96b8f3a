import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asAdapter } from './adapter.js';
import { isLevel, LEVELS } from './levels.js';
import { UsageError, type LabOptions } from './options.js';
import { adapterRow, ROWS, type RowPlan } from './rows.js';

const PEERS = '../../../bench/lib/install.mjs';

/**
 * The same rows, with the other libraries installed; without their rows, and a word why, where that fails, as without a network.
 * @param say told what goes on
 */
export async function installedOf(plans: readonly RowPlan[], say: (text: string) => void): Promise<RowPlan[]> {
  if (!plans.some(({ kind }) => kind === 'library')) return [...plans];
  try {
    const { installPeers } = (await import(new URL(PEERS, import.meta.url).href)) as {
      installPeers: (tell: typeof say) => Promise<void>;
    };
    await installPeers(say);
    return [...plans];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`The rows of other libraries are left out, as they cannot be installed: ${reason}`);
    return plans.filter(({ kind }) => kind !== 'library');
  }
}

/**
 * The rows that the options ask for: all usual practices and libraries, this project's of the levels asked for, and the
 * user's adapter. @throws {UsageError} if there is no such adapter, or it is none
 */
export async function plansFor({ levels, rows, adapter }: LabOptions): Promise<RowPlan[]> {
  const wanted = ROWS.filter(({ name, promised: { level } }) =>
    rows === null ? level === null || levels.includes(level) : rows.includes(name),
  );
  const plans = adapter === null ? wanted : [...wanted, await adapterPlan(adapter)];
  if (plans.length === 0) throw new UsageError('--rows: the row "adapter" needs --adapter FILE');
  return plans;
}

async function adapterPlan(file: string): Promise<RowPlan> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`--adapter: there is no file ${path}`);
  const { label = basename(path), level, sessions = false } = await importAdapter(path);
  if (level !== undefined && !isLevel(level)) {
    throw new UsageError(`--adapter: ${path} exports the level "${String(level)}"; levels are ${LEVELS.join(', ')}`);
  }
  return adapterRow(path, label, { level: level ?? null, sessions });
}

async function importAdapter(path: string) {
  try {
    return asAdapter((await import(pathToFileURL(path).href)) as Record<string, unknown>, path);
  } catch (error) {
    throw new UsageError(`--adapter: ${error instanceof Error ? error.message : String(error)}`);
  }
}
