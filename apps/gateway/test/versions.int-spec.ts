import type { Versions } from '@larder/contracts';
import { ask, type Reply } from './ask.js';
import { run, runGateway, type Running } from './running.js';
import { ALMONDS, CUSTOMER, EDITOR, NOBODY, NUTS } from './stand-ins.js';

let running: Running;
let port: number;
beforeAll(async () => {
  running = await run();
  port = running.gateway.port;
});
afterAll(() => running.close());
beforeEach(() => {
  Object.assign(running.seen, { calls: [], inputs: {}, memory: {}, memoryFault: 'none' });
});

const product = `/v1/products/${ALMONDS}`;
const cookieOf = (secret: string) => ({ cookie: `__Host-sid=${secret}` });
const session = cookieOf(EDITOR);
const token = (text: string | string[]) => ({ 'larder-version': text });
const get = (path: string, headers: Record<string, string | string[]> = {}, at = port): Promise<Reply> =>
  ask(at, { path, headers });
const change = (headers: Record<string, string> = {}, at = port): Promise<Reply> =>
  ask(at, {
    method: 'PATCH',
    path: product,
    headers: { 'content-type': 'application/json', ...session, 'if-match': '"12"', ...headers },
    body: '{"priceMinor":429}',
  });
const named = ({ headers }: Reply): unknown => headers['larder-version'];

describe('the token of an answer', () => {
  it.each([
    [product, `product-${ALMONDS}=12`],
    [`${product}/stock`, `stock-${ALMONDS}=5`],
    [`/v1/categories/${NUTS}`, `category-${NUTS}=3`],
    ['/v1/products?limit=3', `product-${ALMONDS}=12`],
    [`/v1/products?ids=${ALMONDS}`, `product-${ALMONDS}=12`],
  ])('to GET %s names what it shows, and the field that it varies by', async (path, versions) => {
    const reply = await get(path);
    expect(named(reply)).toEqual(versions);
    expect(String(reply.headers.vary).split(', ')).toContain('Larder-Version');
  });

  it('is on a 304 too', async () => {
    const reply = await get(product, { 'if-none-match': '"12"' });
    expect([reply.status, named(reply), reply.headers.vary]).toEqual([304, `product-${ALMONDS}=12`, 'Larder-Version']);
  });

  it('names what a change made, and of a deletion the versions that nobody may see any more', async () => {
    expect(named(await change())).toBe(`product-${ALMONDS}=13`);
    const removal = { method: 'DELETE', path: product, headers: { ...session, 'if-match': '"12"' } };
    expect(named(await ask(port, removal))).toBe(`stock-${ALMONDS}=14, product-${ALMONDS}=15`);
  });

  it('names what was asked for first, and 32 at most', async () => {
    const headers = { ...session, 'content-type': 'application/json', 'if-match': '"3"' };
    const path = `/v1/categories/${NUTS}`;
    const moved = named(await ask(port, { method: 'PATCH', path, headers, body: '{"parentId":null}' })) as string;
    expect(moved.split(', ')).toHaveLength(32);
    expect(moved).toMatch(new RegExp(`^category-${NUTS}=4, `));
  });

  it('is not on a refusal', async () => {
    const { status, headers } = await change({ 'if-match': '"11"' });
    expect([status, headers['larder-version'], headers.vary]).toEqual([412, undefined, undefined]);
  });
});

describe('the token of a request', () => {
  const seen = `product-${ALMONDS}=57;from=list, stock-${ALMONDS}=61, category-${NUTS}=9, order-1=4, seen`;

  it.each([
    [product, 'getProduct', { id: ALMONDS, minVersion: 57 }],
    [`${product}/stock`, 'getStock', { id: ALMONDS, minVersion: 61 }],
    [`/v1/categories/${NUTS}`, 'getCategory', { id: NUTS, minVersion: 9 }],
    ['/v1/products', 'listProducts', { limit: 20, sort: 'name', minVersions: { [ALMONDS]: 57 } }],
    [`/v1/products?ids=${ALMONDS}`, 'getProducts', { ids: [ALMONDS], minVersions: { [ALMONDS]: 57 } }],
  ])('to GET %s says that nothing older may be shown', async (path, procedure, input) => {
    await get(path, token(seen));
    expect(running.seen.inputs[procedure]).toEqual(input);
  });

  it('asks for nothing of what it does not name', async () => {
    const other = token(`product-${NUTS}=57`);
    await get(product, other);
    await get(`${product}/stock`, other);
    expect(running.seen.inputs).toEqual({ getProduct: { id: ALMONDS }, getStock: { id: ALMONDS } });
    await get('/v1/products', token(`stock-${ALMONDS}=1`));
    expect(running.seen.inputs['listProducts']).toEqual({ limit: 20, sort: 'name' });
  });

  it('may come in several lines', async () => {
    await get(product, token([`product-${NUTS}=1`, `product-${ALMONDS}=57`]));
    expect(running.seen.inputs['getProduct']).toEqual({ id: ALMONDS, minVersion: 57 });
  });

  it('overrules a 304 for what is older', async () => {
    const tag = { 'if-none-match': '"12"' };
    expect((await get(product, tag)).status).toBe(304);
    const { status, headers } = await get(product, { ...tag, ...token(`product-${ALMONDS}=13`) });
    expect([status, headers.etag]).toEqual([200, '"13"']);
  });

  it('counts for the names and prices of a cart', async () => {
    await get('/v1/cart', { ...session, ...token(seen) });
    expect(running.seen.inputs['getOffers']).toMatchObject({ minVersions: { [ALMONDS]: 57 } });
  });

  it.each([
    ['nothing that can be read', `product-${ALMONDS}=57,`],
    ['a known kind without a UUID', 'product-1=2'],
    ['a version that is text', `product-${ALMONDS}="12"`],
    ['no version', `product-${ALMONDS}`],
    ['version 0', `product-${ALMONDS}=0`],
    ['a list of versions', `product-${ALMONDS}=(1 2)`],
    ['65 members', Array.from({ length: 65 }, (_, at) => `a${at}`).join(',')],
    ['4,097 characters', `a="${'x'.repeat(4_093)}"`],
  ])('is refused for %s, naming the field', async (_, text) => {
    for (const path of [product, '/v1/cart']) {
      const { status, text: body } = await get(path, token(text));
      expect([status, JSON.parse(body)]).toMatchObject([
        400,
        { type: '/docs#malformed-request', errors: [{ in: 'header', field: 'Larder-Version' }] },
      ]);
    }
    expect(running.seen.calls).toEqual([]);
  });
});

describe("a session's memory", () => {
  const own: Versions = { [`product-${ALMONDS}`]: 13 };

  it('has a change before it is answered, and counts through another gateway, for that session alone', async () => {
    const other = await runGateway(running);
    try {
      expect((await change()).status).toBe(200);
      expect(running.seen.memory).toEqual({ [EDITOR]: own });
      await get(product, session, other.port);
      expect(running.seen.inputs['getProduct']).toEqual({ id: ALMONDS, minVersion: 13 });
      await get(product, cookieOf(CUSTOMER), other.port);
      expect(running.seen.inputs['getProduct']).toEqual({ id: ALMONDS });
    } finally {
      await other.close();
    }
  });

  it('costs a read one call, orders nothing for the cookie, and is joined with the token', async () => {
    running.seen.memory[EDITOR] = { ...own, [`product-${NUTS}`]: 3 };
    const reply = await get('/v1/products', { ...session, ...token(`product-${ALMONDS}=20, product-${NUTS}=2`) });
    expect(running.seen.inputs['listProducts']).toMatchObject({ minVersions: { [ALMONDS]: 20, [NUTS]: 3 } });
    expect([running.seen.calls, reply.headers['set-cookie']]).toEqual([['recall'], undefined]);
    expect(reply.headers['cache-control']).toBe('public, no-cache');
  });

  it('is asked while the product is read, which is read again only when the session made a newer one', async () => {
    for (const [version, reads] of [
      [12, 1],
      [13, 2],
    ] as const) {
      Object.assign(running.seen, { calls: [], memory: { [EDITOR]: { [`product-${ALMONDS}`]: version } } });
      expect((await get(product, session)).headers.etag).toBe(`"${version}"`);
      expect(running.seen.calls.filter((call) => call === 'getProduct')).toHaveLength(reads);
      expect(running.seen.calls).toContain('recall');
    }
  });

  it('is heard too when what was read is not there', async () => {
    running.seen.memory[EDITOR] = { [`product-${NOBODY}`]: 9 };
    expect((await get(`/v1/products/${NOBODY}`, session)).status).toBe(404);
    expect(running.seen.inputs['getProduct']).toEqual({ id: NOBODY, minVersion: 9 });
  });

  it('comes to a cart with the session that it is of, without a call of its own', async () => {
    running.seen.memory[EDITOR] = own;
    await get('/v1/cart', session);
    expect(running.seen.calls).toEqual(['getCart']);
    expect(running.seen.inputs['getOffers']).toMatchObject({ minVersions: { [ALMONDS]: 13 } });
  });

  it('is not written when nothing was changed', async () => {
    expect((await change({ 'if-match': '"11"' })).status).toBe(412);
    expect(running.seen.calls).toEqual(['validate']);
  });

  it.each(['refused', 'silent'] as const)('keeps nobody from reading or changing when it is %s', async (fault) => {
    const fresh = await runGateway(running); // its breaker is of its own
    try {
      running.seen.memoryFault = fault;
      expect((await change({}, fresh.port)).status).toBe(200);
      for (let count = 1; count <= 6; count += 1) expect((await get(product, session, fresh.port)).status).toBe(200);
      expect(running.seen.calls.filter((call) => call === 'recall')).toHaveLength(4); // five failures with the change
      const metrics = (await ask(fresh.opsPort, { path: '/metrics' })).text;
      expect(metrics).toContain('larder_session_memory_failures_total{step="recall"} 6');
      expect(metrics).toContain('larder_session_memory_failures_total{step="remember"} 1');
    } finally {
      await fresh.close();
    }
  });
});
