import { Controller } from '@nestjs/common';
import { auth } from '@larder/contracts';
import { Handles, Input, type OutputOf, type ParsedInputOf } from '@larder/platform';
import { Cart } from './cart.js';

type Lines = OutputOf<typeof auth.getCart>;

/** Carts over RPC. */
@Controller()
export class CartController {
  constructor(private readonly cart: Cart) {}

  @Handles(auth.getCart)
  read(@Input() { secret }: ParsedInputOf<typeof auth.getCart>): Promise<Lines> {
    return this.cart.read(secret);
  }

  @Handles(auth.addToCart)
  add(@Input() { secret, productId, quantity }: ParsedInputOf<typeof auth.addToCart>): Promise<Lines> {
    return this.cart.change(secret, { verb: 'add', productId, quantity });
  }

  @Handles(auth.setCartLine)
  set(@Input() { secret, productId, quantity }: ParsedInputOf<typeof auth.setCartLine>): Promise<Lines> {
    return this.cart.change(secret, { verb: 'set', productId, quantity });
  }

  @Handles(auth.removeFromCart)
  remove(@Input() { secret, productId }: ParsedInputOf<typeof auth.removeFromCart>): Promise<Lines> {
    return this.cart.change(secret, { verb: 'remove', productId });
  }

  @Handles(auth.clearCart)
  clear(@Input() { secret }: ParsedInputOf<typeof auth.clearCart>): Promise<Lines> {
    return this.cart.change(secret, { verb: 'clear' });
  }
}
