import type { Category } from '@larder/contracts';

/** Parents before their children, siblings by name, each branch complete before the next. */
export function inTreeOrder(categories: readonly Category[]): Category[] {
  const children = new Map<string | null, Category[]>();
  for (const category of categories) {
    const siblings = children.get(category.parentId);
    if (siblings) siblings.push(category);
    else children.set(category.parentId, [category]);
  }
  const branch = (parentId: string | null): Category[] =>
    (children.get(parentId) ?? []).sort(byName).flatMap((category) => [category, ...branch(category.id)]);
  return branch(null);
}

function byName(a: Category, b: Category): number {
  return a.name < b.name ? -1 : 1;
}
