import { Module } from '@nestjs/common';
import { ProductRepository } from './domain/product-repository.js';
import { ProductEditor } from './product-editor.js';
import { ProductLists } from './product-lists.js';
import { ProductReader } from './product-reader.js';
import { ProductsController } from './products.controller.js';
import { TypeOrmProductRepository } from './typeorm-product-repository.js';

@Module({
  controllers: [ProductsController],
  providers: [
    { provide: ProductRepository, useClass: TypeOrmProductRepository },
    ProductReader,
    ProductLists,
    ProductEditor,
  ],
  exports: [ProductReader],
})
export class ProductsModule {}
