import { Module } from '@nestjs/common';
import { CategoriesController } from './categories.controller.js';
import { CategoryEditor } from './category-editor.js';
import { CategoryReader } from './category-reader.js';
import { CategoryRepository } from './domain/category-repository.js';
import { TypeOrmCategoryRepository } from './typeorm-category-repository.js';

@Module({
  controllers: [CategoriesController],
  providers: [{ provide: CategoryRepository, useClass: TypeOrmCategoryRepository }, CategoryReader, CategoryEditor],
})
export class CategoriesModule {}
