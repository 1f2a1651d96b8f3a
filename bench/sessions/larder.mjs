import { connect } from '../lib/clients.mjs';
import fastify from 'fastify';
import { priceOf } from './routes.mjs';

/** The sessions of libs/cache, used alone, behind a plain Fastify. */
export async function startLarder({ server, root, own }) {
  const { RedisSessionRecords, SessionMemory, SessionStore } = await import(
    `file://${root}/dist/libs/cache/src/session/index.js`
  );
  const redis = await connect(server, { autoPipelining: false });
  own(() => redis.disconnect());
  const records = new RedisSessionRecords(redis);
  const [sessions, memory] = [new SessionStore(records), new SessionMemory(records)];
  const app = fastify();
  const secretOf = ({ headers }) => /sid=([^;]*)/.exec(headers.cookie ?? '')?.[1] ?? null;
  const sessionOf = async (request) => {
    const found = await sessions.check(secretOf(request), { renew: true });
    return found.state === 'live' ? found.session : null;
  };
  const handOut = (reply, { secret }) => reply.header('set-cookie', `sid=${secret}; Path=/; HttpOnly`);
  const cartOf = (lines) => Object.fromEntries(lines.map(({ productId, quantity }) => [productId, quantity]));
  const change = (verb) => async (request, reply) => {
    const line = { productId: request.query.product, quantity: 1 };
    const session = await sessionOf(request);
    await priceOf(line.productId);
    const changed = session && (await sessions.changeCart(session, { verb, ...line }));
    if (changed?.outcome === 'written') return cartOf(changed.lines);
    handOut(reply, await sessions.startAnonymous('', line));
    return cartOf([line]);
  };
  app.post('/add', change('add'));
  app.post('/take', change('take'));
  app.get('/cart', async (request) => {
    const session = await sessionOf(request);
    return session ? cartOf(await sessions.readCart(session)) : {};
  });
  app.get('/me', async (request) => ({ account: (await sessionOf(request))?.accountId ?? null }));
  app.post('/slow', async (request) => {
    const session = await sessionOf(request);
    await new Promise((resolve) => setTimeout(resolve, Number(request.query.ms)));
    if (session) await sessions.changeCart(session, { verb: 'add', productId: 'slow', quantity: 1 });
    await memory.remember(secretOf(request), { visited: 1 });
    return {};
  });
  app.post('/login', async (request, reply) => {
    const account = { accountId: request.query.account, roles: ['customer'], generation: 1, device: 'bench' };
    handOut(reply, await sessions.signIn(secretOf(request), account));
    return {};
  });
  app.post('/logout', async (request) => {
    await sessions.end(secretOf(request));
    return {};
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  own(() => app.close());
  return {
    label: 'Larder',
    url,
    keys: 'auth_service:session:*',
    validatorOf: (cookie) => () => sessions.check(cookie.split('=')[1], { renew: true }),
  };
}
