import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/products.module.js';
import { StockRepository } from './domain/stock-repository.js';
import { StockService } from './stock-service.js';
import { StockController } from './stock.controller.js';
import { TypeOrmStockRepository } from './typeorm-stock-repository.js';

@Module({
  imports: [ProductsModule],
  controllers: [StockController],
  providers: [{ provide: StockRepository, useClass: TypeOrmStockRepository }, StockService],
})
export class StockModule {}
