import type { Category } from '@larder/contracts';
import { inTreeOrder } from './tree-order.js';

const category = (id: string, parentId: string | null, name: string): Category => ({
  id,
  parentId,
  name,
  level: 1,
  path: [id],
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

describe('inTreeOrder', () => {
  it('puts each branch behind its parent, siblings by name', () => {
    const tree = [
      category('leaf', 'b', 'x'),
      category('b', 'root', 'b'),
      category('root', null, 'z'),
      category('a', 'root', 'a'),
      category('first', null, 'A'),
    ];
    expect(inTreeOrder(tree).map(({ id }) => id)).toEqual(['first', 'root', 'a', 'b', 'leaf']);
  });

  it('of nothing is nothing', () => {
    expect(inTreeOrder([])).toEqual([]);
  });
});
