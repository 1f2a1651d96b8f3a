import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/products.module.js';
import { ProductIndex } from './product-index.js';
import { ProductSearch } from './product-search.js';
import { SearchController } from './search.controller.js';
import { TypeOrmProductIndex } from './typeorm-product-index.js';

@Module({
  imports: [ProductsModule],
  controllers: [SearchController],
  providers: [{ provide: ProductIndex, useClass: TypeOrmProductIndex }, ProductSearch],
})
export class SearchModule {}
