import { Injectable } from '@nestjs/common';
import { catalog, type CartLine, type Offer } from '@larder/contracts';
import { RemoteError } from '@larder/platform';
import type { Exchange } from '../http/exchange.js';
import { seenMany } from '../http/seen-versions.js';
import { CatalogClient } from '../upstreams/catalog-client.js';
import type { Cart, CartItem } from './cart-routes.js';

const UNKNOWN = { name: null, priceMinor: null, currency: null, available: null };
const GONE = { ...UNKNOWN, available: 0 };
const CATALOG_AWAY = ['UNAVAILABLE', 'OVERLOADED', 'INTERNAL'];

/** Puts a cart's lines together with what the catalog says of their products. */
@Injectable()
export class CartView {
  constructor(private readonly catalog: CatalogClient) {}

  /**
   * The lines with name, price and stock, in one bulk read; none for an empty cart.
   *
   * Shows the bare lines when the catalog is away: the cart has been read or changed by then, and an error would
   * make a client add the same thing again.
   */
  async of(lines: readonly CartLine[], exchange: Exchange): Promise<Cart> {
    if (lines.length === 0) return { items: [] };
    const offers = await this.offers(lines, exchange);
    return { items: lines.map((line) => item(line, offers)) };
  }

  private async offers(lines: readonly CartLine[], exchange: Exchange): Promise<Map<string, Offer> | null> {
    try {
      const ids = lines.map(({ productId }) => productId);
      const seen = await seenMany(exchange, 'product');
      const { data } = await this.catalog.call(catalog.getOffers, { ids, ...seen }, exchange);
      return new Map(data.map((offer) => [offer.productId, offer]));
    } catch (error) {
      if (error instanceof RemoteError && CATALOG_AWAY.includes(error.code)) return null;
      throw error;
    }
  }
}

function item(line: CartLine, offers: Map<string, Offer> | null): CartItem {
  const told = offers === null ? UNKNOWN : (offers.get(line.productId) ?? GONE);
  return { ...line, name: told.name, priceMinor: told.priceMinor, currency: told.currency, available: told.available };
}
