import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { ImportCommits } from './import-commits.js';
import { stableId } from './stable-id.js';

const ADD = `
  INSERT INTO public.categories (id, parent_id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id`;
const FIND = 'SELECT id FROM public.categories WHERE parent_id IS NOT DISTINCT FROM $1 AND name = $2';

type IdRow = { readonly id: string };

/** Finds categories by the names from the root down, and adds those that do not exist. */
export class CategoryWriter {
  private readonly known = new Map<string, string>();
  /** How many different categories were asked for, by level. */
  readonly counts: [number, number, number] = [0, 0, 0];

  constructor(
    private readonly dataSource: DataSource,
    private readonly commits: ImportCommits,
  ) {}

  /** The id of the category at the end of `names`. */
  async idOf(names: readonly string[]): Promise<string> {
    const path = JSON.stringify(names);
    const known = this.known.get(path);
    if (known !== undefined) return known;
    const parentId = names.length === 1 ? null : await this.idOf(names.slice(0, -1));
    const id = await this.findOrAdd(parentId, names);
    this.known.set(path, id);
    this.counts[(names.length - 1) as 0 | 1 | 2] += 1;
    return id;
  }

  /** The id follows from the names, except where an earlier category of those names has been renamed and kept it. */
  private async findOrAdd(parentId: string | null, names: readonly string[]): Promise<string> {
    const name = names.at(-1);
    for (const id of [stableId(`category:${JSON.stringify(names)}`), randomUUID()]) {
      const [found] = await this.dataSource.query<IdRow[]>(FIND, [parentId, name]);
      if (found) return found.id;
      const [added] = await this.commits.run((manager) => manager.query<IdRow[]>(ADD, [id, parentId, name]));
      if (added) return added.id;
    }
    throw new Error(`Category ${names.join(' / ')} can neither be found nor added`);
  }
}
