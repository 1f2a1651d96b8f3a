import { Controller, Module, type DynamicModule, type Type } from '@nestjs/common';
import {
  auth,
  catalog,
  type Category,
  type Offer,
  type Product,
  type ProductOutcome,
  type Stock,
  type Versions,
} from '@larder/contracts';
import {
  answer,
  Call,
  changed,
  DomainError,
  Handles,
  Input,
  RpcServerModule,
  startRpcServer,
  type Answer,
  type CallContext,
  type ParsedInputOf,
  type RunningRpcServer,
} from '@larder/platform';

/** The keys of the test's services. */
export const KEYS = { auth: 'k'.repeat(32), catalog: 'c'.repeat(32) };
export const ALMONDS = '0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11';
export const NUTS = '7d3e0d0c-2f1b-4a86-8a07-6b1d5c7f9e21';
export const NOBODY = '00000000-0000-4000-8000-000000000000';
export const EDITOR = 'e'.repeat(43);
export const CUSTOMER = 'u'.repeat(43);
const AT = '2025-01-02T08:00:00.000Z';
const ACCOUNT_ID = '5b0c8a52-91f0-4c5e-9a5e-0c1f7f0b2d33';
const SESSION_ID = '2f4a3c1d-7a6b-4f6e-8a51-5b9f2d1c0e44';

const product: Product = {
  id: ALMONDS,
  sku: 'ALM-250',
  name: 'Almonds',
  brand: null,
  description: '',
  categoryId: NUTS,
  priceMinor: 399,
  currency: 'EUR',
  rating: null,
  version: 12,
  createdAt: AT,
  updatedAt: AT,
};
const category: Category = {
  id: NUTS,
  parentId: null,
  name: 'Nuts',
  level: 1,
  path: [NUTS],
  version: 3,
  createdAt: AT,
  updatedAt: AT,
};
const page = { items: [product], nextCursor: null };
/** What `limit=100` is answered with; worth compressing. */
const longPage = { items: Array.from({ length: 100 }, () => product), nextCursor: null };
const report = (cache: string, outcome: 'hit' | 'miss' | 'partial', stored = false) => ({
  cache,
  outcome,
  l1: false,
  stored,
  shared: false,
});

const below = (at: number): string => `${NUTS.slice(0, -4)}ff${String(at).padStart(2, '0')}`;
const MOVED = {
  [`category-${NUTS}`]: 4,
  ...Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`category-${below(at)}`, 5 + at])),
};

/** What the stand-ins saw, for assertions, and how they are to behave. */
export interface Seen {
  calls: string[];
  account: string | null;
  /** The input of the last call of each procedure of the catalog that a test asks about. */
  inputs: Record<string, unknown>;
  /** What the last sign-in said of its device. */
  deviceToken?: string | undefined;
  /** What each session remembers, by its secret. */
  memory: Record<string, Versions>;
  /** What becomes of calls for a session's memory. */
  memoryFault: 'none' | 'refused' | 'silent';
}

/**
 * A stand-in for the catalog's process: one product in one category, and the refusals that the tests need. What it shows of
 * the product is version 12, which is not the newest: it shows what its caller has seen if that is newer.
 */
export function catalogStandIn(seen: Seen): Type {
  @Controller()
  class CatalogStandIn {
    @Handles(catalog.getProduct)
    async get(
      @Input() input: ParsedInputOf<typeof catalog.getProduct>,
      @Call() call: CallContext,
    ): Promise<Answer<Product>> {
      const { id, minVersion = 0 } = input;
      seen.calls.push('getProduct');
      seen.inputs['getProduct'] = input;
      seen.account = call.principal?.accountId ?? null;
      if (id === NOBODY) throw new DomainError('PRODUCT_NOT_FOUND', 'There is no such product');
      if (id !== ALMONDS) throw new Error('secret internals of /srv/catalog.ts');
      const version = Math.max(product.version, minVersion);
      return answer({ ...product, version }, [report('larder-product', 'miss', true)]);
    }

    @Handles(catalog.getEachProduct)
    async getEach(@Input() { reads }: ParsedInputOf<typeof catalog.getEachProduct>): Promise<ProductOutcome[]> {
      seen.calls.push('getEachProduct');
      return reads.map(({ id, minVersion = 0 }) => {
        if (id === NOBODY) return { refusal: { code: 'PRODUCT_NOT_FOUND', detail: 'There is no such product' } };
        return { product: { ...product, id, version: Math.max(product.version, minVersion) }, cache: [] };
      });
    }

    @Handles(catalog.getProducts)
    async getMany(@Input() input: ParsedInputOf<typeof catalog.getProducts>): Promise<Product[]> {
      seen.inputs['getProducts'] = input;
      return [product];
    }

    @Handles(catalog.listProducts)
    async list(@Input() query: ParsedInputOf<typeof catalog.listProducts>): Promise<Answer<typeof page>> {
      seen.inputs['listProducts'] = query;
      if (query.limit === 100) return answer(longPage, [report('larder-list', 'hit')]);
      if (query.cursor === 'forged') throw new DomainError('INVALID_CURSOR', 'The cursor is not one of ours');
      if (query.cursor === 'busy') throw new DomainError('OVERLOADED', 'queue of 32 is full', { retryAfterSeconds: 3 });
      return answer(page, [report('larder-list', 'hit'), report('larder-product', 'partial', true)]);
    }

    @Handles(catalog.searchProducts)
    search(@Input() _: ParsedInputOf<typeof catalog.searchProducts>, @Call() call: CallContext): Promise<never> {
      return new Promise((_resolve, reject) => {
        call.deadline.addEventListener('abort', () => {
          reject(new DomainError('UNAVAILABLE', 'too late for the caller'));
        });
      });
    }

    @Handles(catalog.getOffers)
    async offers(@Input() input: ParsedInputOf<typeof catalog.getOffers>): Promise<Offer[]> {
      seen.inputs['getOffers'] = input;
      return [{ productId: ALMONDS, name: 'Almonds', priceMinor: 399, currency: 'EUR', available: 40 }];
    }

    @Handles(catalog.updateProduct)
    async update(
      @Input() input: ParsedInputOf<typeof catalog.updateProduct>,
      @Call() { principal }: CallContext,
    ): Promise<Answer<Product>> {
      seen.account = principal?.accountId ?? null;
      if (input.expectedVersion !== product.version) throw new DomainError('VERSION_CONFLICT', 'It has changed');
      const { priceMinor = product.priceMinor, name } = input.changes;
      return changed({ ...product, priceMinor, version: 13 }, name === 'Unheard' ? 'pending' : 'applied', {
        [`product-${ALMONDS}`]: 13,
      });
    }

    @Handles(catalog.createProduct)
    async create(@Input() input: ParsedInputOf<typeof catalog.createProduct>): Promise<Product> {
      if (input.sku === 'TAKEN') throw new DomainError('SKU_TAKEN', 'Another product has this SKU');
      return { ...product, ...input, version: 1 };
    }

    @Handles(catalog.removeProduct)
    async remove(): Promise<Answer<null>> {
      return changed(null, 'applied', { [`stock-${ALMONDS}`]: 14, [`product-${ALMONDS}`]: 15 });
    }

    @Handles(catalog.getStock)
    async stock(@Input() input: ParsedInputOf<typeof catalog.getStock>): Promise<Stock> {
      seen.inputs['getStock'] = input;
      return { productId: ALMONDS, quantity: 0, version: 5 };
    }

    @Handles(catalog.getCategory)
    async category(@Input() input: ParsedInputOf<typeof catalog.getCategory>): Promise<Category> {
      seen.inputs['getCategory'] = input;
      return category;
    }

    /** A move, which carries 40 categories along. */
    @Handles(catalog.updateCategory)
    async move(): Promise<Answer<Category>> {
      return changed({ ...category, version: 4 }, 'applied', MOVED);
    }
  }
  return CatalogStandIn;
}

/** A stand-in for the auth service's process: an editor, a customer, and one shared cart. */
export function authStandIn(seen: Seen): Type {
  const lines = [
    { productId: ALMONDS, quantity: 2 },
    { productId: NOBODY, quantity: 1 },
  ];

  @Controller()
  class AuthStandIn {
    @Handles(auth.validate)
    async validate(@Input() { secret }: ParsedInputOf<typeof auth.validate>) {
      seen.calls.push('validate');
      const roles = secret === EDITOR ? ['customer' as const, 'editor' as const] : ['customer' as const];
      const known = secret === EDITOR || secret === CUSTOMER;
      return {
        principal: known ? { accountId: ACCOUNT_ID, roles, sessionId: SESSION_ID } : null,
        ...(secret === EDITOR && { cookie: { secret: 'renewed' } }),
      };
    }

    @Handles(auth.recall)
    async recall(@Input() { secrets }: ParsedInputOf<typeof auth.recall>) {
      await this.reachMemory('recall');
      return { versions: secrets.map((secret) => seen.memory[secret] ?? {}) };
    }

    @Handles(auth.remember)
    async remember(@Input() { secret, versions }: ParsedInputOf<typeof auth.remember>): Promise<null> {
      await this.reachMemory('remember');
      seen.memory[secret ?? ''] = { ...seen.memory[secret ?? ''], ...versions };
      return null;
    }

    @Handles(auth.login)
    async login(@Input() { password, device, deviceToken, address }: ParsedInputOf<typeof auth.login>) {
      seen.deviceToken = deviceToken;
      seen.inputs['login'] = { address };
      if (password === 'many') {
        throw new DomainError('TOO_MANY_ATTEMPTS', 'Wait', { retryAfterSeconds: 30 });
      }
      if (password !== 'right') throw new DomainError('CREDENTIALS_REFUSED', 'The address or the password is wrong');
      const account = { id: ACCOUNT_ID, email: `${device}@example.com`, roles: [], createdAt: AT };
      return { account, cookie: { secret: 'fresh' }, deviceToken: 'known-now' };
    }

    @Handles(auth.logout)
    async logout() {
      return { cookie: { secret: null } };
    }

    @Handles(auth.me)
    async me(): Promise<never> {
      throw new DomainError('UNAVAILABLE', 'redis://user:hunter2@10.0.0.7 is away', { retryAfterSeconds: 2 });
    }

    @Handles(auth.getPreferences)
    async preferences() {
      return { preferences: { locale: 'en', currency: 'EUR', theme: 'system' as const, version: 4 } };
    }

    @Handles(auth.getCart)
    async cart(@Input() { secret }: ParsedInputOf<typeof auth.getCart>) {
      seen.calls.push('getCart');
      return { lines, versions: seen.memory[secret ?? ''] };
    }

    @Handles(auth.addToCart)
    async add() {
      return { lines, cookie: { secret: 'anonymous' } };
    }

    private async reachMemory(step: string): Promise<void> {
      seen.calls.push(step);
      if (seen.memoryFault === 'refused') throw new DomainError('UNAVAILABLE', 'no sessions now');
      if (seen.memoryFault === 'silent') await new Promise(() => undefined);
    }
  }
  return AuthStandIn;
}

/** Starts a stand-in on a free port. */
export async function startStandIn(service: 'auth' | 'catalog', controller: Type): Promise<RunningRpcServer> {
  @Module({})
  class StandInModule {}
  const module: DynamicModule = {
    module: StandInModule,
    imports: [RpcServerModule.with({ service, keys: { gateway: KEYS[service] } })],
    controllers: [controller],
  };
  return startRpcServer(module, { host: '127.0.0.1', port: 0, logger: false });
}
