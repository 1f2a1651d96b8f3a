import { Controller } from '@nestjs/common';
import { auth } from '@larder/contracts';
import type { Exchange } from '../http/exchange.js';
import { NO_BODY, type Reply } from '../http/reply.js';
import type { Given } from '../http/route.js';
import { Call, Input, Serves } from '../http/serves.js';
import { AuthClient } from '../upstreams/auth-client.js';
import { cartRoutes as routes, type Cart } from './cart-routes.js';
import { CartView } from './cart-view.js';

/** The cart of whoever asks, signed in or not. The lines are kept by the auth service, the rest is the catalog's. */
@Controller()
export class CartController {
  constructor(
    private readonly auth: AuthClient,
    private readonly view: CartView,
  ) {}

  @Serves(routes.getCart)
  async get(@Input() _: Given<typeof routes.getCart>, @Call() call: Exchange): Promise<Reply<Cart>> {
    if (call.secret === null) return { body: { items: [] } };
    const { lines } = await this.auth.call(auth.getCart, {}, call);
    return { body: await this.view.of(lines, call) };
  }

  @Serves(routes.addToCart)
  async add(@Input() { body }: Given<typeof routes.addToCart>, @Call() call: Exchange): Promise<Reply<Cart>> {
    const { lines } = await this.auth.call(auth.addToCart, body, call);
    return { body: await this.view.of(lines, call) };
  }

  @Serves(routes.setCartLine)
  async set(@Input() { params, body }: Given<typeof routes.setCartLine>, @Call() call: Exchange): Promise<Reply<Cart>> {
    const { lines } = await this.auth.call(auth.setCartLine, { ...params, ...body }, call);
    return { body: await this.view.of(lines, call) };
  }

  @Serves(routes.removeFromCart)
  async remove(@Input() { params }: Given<typeof routes.removeFromCart>, @Call() call: Exchange): Promise<Reply<null>> {
    if (call.secret !== null) await this.auth.call(auth.removeFromCart, params, call);
    return NO_BODY;
  }

  @Serves(routes.clearCart)
  async clear(@Input() _: Given<typeof routes.clearCart>, @Call() call: Exchange): Promise<Reply<null>> {
    if (call.secret !== null) await this.auth.call(auth.clearCart, {}, call);
    return NO_BODY;
  }
}
