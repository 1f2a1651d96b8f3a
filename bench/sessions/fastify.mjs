import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { RedisStore } from 'connect-redis';
import fastify from 'fastify';
import { createClient } from 'redis';
import { mergeInto, routes } from './routes.mjs';

/** @fastify/session over connect-redis, a store of express-session as its README allows, with the same choices: only what has data is saved. */
export async function startFastify({ server, own }) {
  const client = createClient({ url: server.url });
  await client.connect();
  own(() => client.destroy());
  const app = fastify();
  const store = new RedisStore({ client, prefix: 'fastify:' });
  const cookie = { secure: false };
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    store,
    cookie,
    saveUninitialized: false,
    secret: 'a secret for the bench, that is long enough',
  });
  const carts = new Map();
  app.post('/login', async (request) => {
    const { cart } = request.session;
    await request.session.regenerate();
    request.session.account = request.query.account;
    request.session.cart = mergeInto(carts, request.query.account, cart);
    return {};
  });
  app.post('/logout', async (request) => {
    await request.session.destroy();
    return {};
  });
  for (const [route, handle] of Object.entries(routes)) {
    const [method, url] = route.split(' ');
    app.route({ method, url, handler: async (request) => handle(request, request.query) });
  }
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  own(() => app.close());
  const get = (id) =>
    new Promise((resolve, reject) => store.get(id, (error, found) => (error ? reject(error) : resolve(found))));
  const idOf = (text) => decodeURIComponent(text.split('=')[1]).split('.')[0];
  return {
    label: '@fastify/session + connect-redis',
    url,
    keys: 'fastify:*',
    validatorOf: (text) => () => get(idOf(text)),
  };
}
