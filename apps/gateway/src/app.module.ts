import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { OperationsModule } from '@larder/platform';
import { AccountsController } from './accounts/accounts.controller.js';
import { CartView } from './cart/cart-view.js';
import { CartController } from './cart/cart.controller.js';
import { CategoriesController } from './categories/categories.controller.js';
import type { GatewayConfig } from './config.js';
import { DocsController } from './docs/docs.controller.js';
import { AccessGuard } from './http/access.guard.js';
import { VersionGuard } from './http/version.guard.js';
import { LimitsModule } from './limits/limits.module.js';
import { PreferencesController } from './preferences/preferences.controller.js';
import { ProductReads } from './products/product-reads.js';
import { ProductsController } from './products/products.controller.js';
import { StockController } from './products/stock.controller.js';
import { SessionMemory } from './sessions/session-memory.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { UpstreamsModule } from './upstreams/upstreams.module.js';

/** The gateway: every public route, its access check and the form of its answers. */
@Module({})
export class AppModule {
  static with(config: GatewayConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        OperationsModule.with({ port: config.OPS_PORT, host: config.OPS_HOST }),
        UpstreamsModule.with(config),
        LimitsModule.with(config),
      ],
      controllers: [
        ProductsController,
        StockController,
        CategoriesController,
        CartController,
        AccountsController,
        SessionsController,
        PreferencesController,
        DocsController,
      ],
      providers: [
        CartView,
        ProductReads,
        SessionMemory,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: VersionGuard }, // in this order
      ],
    };
  }
}
