import { accountRoutes } from './accounts/account-routes.js';
import { cartRoutes } from './cart/cart-routes.js';
import { categoryRoutes } from './categories/category-routes.js';
import type { Route } from './http/route.js';
import { preferencesRoutes } from './preferences/preferences-routes.js';
import { productRoutes } from './products/product-routes.js';
import { sessionRoutes } from './sessions/session-routes.js';

/** Every route of the public interface, in the order of the documentation. */
export const ROUTES: readonly Route[] = [
  productRoutes,
  categoryRoutes,
  cartRoutes,
  accountRoutes,
  sessionRoutes,
  preferencesRoutes,
].flatMap((routes) => Object.values<Route>({ ...routes }));
