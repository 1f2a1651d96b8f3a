import { once } from 'node:events';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { mergeInto, routes } from './routes.mjs';

/** express-session over connect-redis, set up as the README of connect-redis has it; `regenerate` at the sign-in and `destroy` at the logout as that of express-session. */
export async function startExpress({ server, own }) {
  const client = createClient({ url: server.url });
  await client.connect();
  own(() => client.destroy());
  const app = express();
  const store = new RedisStore({ client, prefix: 'express:' });
  app.use(session({ store, resave: false, saveUninitialized: false, secret: 'a secret for the bench, long enough' }));
  const carts = new Map();
  app.post('/login', (request, response, next) => {
    const { cart } = request.session;
    request.session.regenerate((error) => {
      if (error) return next(error);
      request.session.account = request.query.account;
      request.session.cart = mergeInto(carts, request.query.account, cart);
      return response.json({});
    });
  });
  app.post('/logout', (request, response, next) => {
    request.session.destroy((error) => (error ? next(error) : response.json({})));
  });
  for (const [route, handle] of Object.entries(routes)) {
    const [method, path] = route.split(' ');
    app[method.toLowerCase()](path, async (request, response) => response.json(await handle(request, request.query)));
  }
  const http = app.listen(0, '127.0.0.1');
  await once(http, 'listening');
  own(() => {
    http.closeAllConnections();
    http.close();
  });
  const get = (id) =>
    new Promise((resolve, reject) => store.get(id, (error, found) => (error ? reject(error) : resolve(found))));
  const idOf = (cookie) => decodeURIComponent(cookie.split('=')[1]).slice(2).split('.')[0];
  return {
    label: 'express-session + connect-redis',
    url: `http://127.0.0.1:${http.address().port}`,
    keys: 'express:*',
    validatorOf: (cookie) => () => get(idOf(cookie)),
  };
}
