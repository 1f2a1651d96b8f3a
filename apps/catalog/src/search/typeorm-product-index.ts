import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { IdRange } from '../products/domain/product-repository.js';
import { inCategory, missingCategory } from '../products/in-category.js';
import { ProductEntity } from '../products/product.entity.js';
import { ProductIndex, type SearchRange } from './product-index.js';

const WORDS = `websearch_to_tsquery('pg_catalog.english', :text)`;

/** In millionths: a rank that survives its way through a cursor unchanged. */
const RANK = `round(ts_rank(product.search, ${WORDS}) * 1000000)::integer`;

/** Dashes before a word, with nothing but blanks and ignored marks between them; those within a word are left alone. */
const DASHES = /(?<=^|[\s()&|!"])-(?:[\s()&|!]*-)+/g;

interface Match {
  readonly id: string;
  readonly rank: number;
}

/** PostgreSQL's full-text search over name, brand and description. */
@Injectable()
export class TypeOrmProductIndex extends ProductIndex {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async search({ text, category, limit, after }: SearchRange): Promise<IdRange | null> {
    const query = this.dataSource
      .getRepository(ProductEntity)
      .createQueryBuilder('product')
      .select('product.id', 'id')
      .addSelect(RANK, 'rank')
      .where(`product.search @@ ${WORDS}`, { text: withSingleDashes(text) })
      .orderBy('rank', 'DESC')
      .addOrderBy('id', 'DESC')
      .limit(limit + 1);
    if (category !== null) query.andWhere(inCategory('product'), { category });
    if (after !== null) query.andWhere(`(${RANK}, product.id) < (:key, :id)`, { ...after });
    const matches = await query.getRawMany<Match>();
    if (matches.length === 0 && (await missingCategory(this.dataSource, category))) return null;
    return idRange(matches, limit);
  }
}

/** PostgreSQL takes each dash for one more negation of what follows, and fails at about thirty of them. One says it all. */
function withSingleDashes(text: string): string {
  return text.replaceAll(DASHES, '-');
}

function idRange(matches: readonly Match[], limit: number): IdRange {
  const shown = matches.slice(0, limit);
  const last = matches.length > limit ? shown.at(-1) : undefined;
  return { ids: shown.map(({ id }) => id), last: last === undefined ? null : { key: last.rank, id: last.id } };
}
