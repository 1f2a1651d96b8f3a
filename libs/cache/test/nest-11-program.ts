import type { ReadmeProgram } from './readme-blocks.js';

/**
 * What the examples of the README leave out: Nest's CacheInterceptor and Terminus, each in its own release for Nest 11, on
 * a module with asynchronous options, and @CachePut.
 */
export const NEST_11_PROGRAM: ReadmeProgram = {
  needs: 'nest',
  code: `import { CacheInterceptor } from '@nestjs/cache-manager';
import { Controller, Get, Injectable, Module, Param, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { defineSpace } from '@larder/cache';
import { Cacheable, CacheHealthIndicator, CacheModule, CachePut } from '@larder/cache/nest';
import { z } from 'zod';

const Product = z.object({ name: z.string(), version: z.number() });
type Product = z.infer<typeof Product>;
const products = defineSpace({
  service: 'shop', entity: 'product', value: Product, version: (product) => product.version, ttlMs: 60_000,
});

@Injectable()
class Products {
  @Cacheable(products)
  async find(id: string): Promise<Product> {
    console.log('loads', id);
    return { name: 'Tea', version: 1 };
  }

  @CachePut(products)
  async rename(id: string, name: string): Promise<Product> {
    return { name, version: 2 };
  }
}

@Controller('products')
class ProductController {
  constructor(private readonly products: Products) {}

  @Get(':id')
  @UseInterceptors(CacheInterceptor)
  read(@Param('id') id: string): Promise<Product> {
    return this.products.find(id);
  }
}

@Controller('health')
class HealthController {
  constructor(private readonly health: HealthCheckService, private readonly cache: CacheHealthIndicator) {}

  @Get()
  async check(): Promise<string> {
    return (await this.health.check([() => this.cache.isHealthy('cache')])).status;
  }
}

@Module({
  imports: [
    CacheModule.forRootAsync({ useFactory: async () => ({ redis: { host: 'localhost', port: 6379 } }) }),
    CacheModule.forCacheManager({ service: 'shop', ttlMs: 60_000 }),
    TerminusModule,
  ],
  controllers: [ProductController, HealthController],
  providers: [Products],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const read = async (path: string) => {
    const response = await fetch(url + path, { headers: { connection: 'close' } });
    console.log(response.headers.get('x-cache'), await response.text());
  };
  await read('/products/7');
  await read('/products/7');
  await app.get(Products).rename('7', 'Green tea');
  console.log((await app.get(Products).find('7')).name);
  await read('/health');
  await app.close();
}

void main();
`,
  output: `loads 7
MISS {"name":"Tea","version":1}
HIT {"name":"Tea","version":1}
Green tea
null ok
`,
};
