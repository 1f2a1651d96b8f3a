import { createCategory, createProducts } from '../chain/catalogue.mjs';

const ACCOUNT = { email: 'editor@larder.example', password: 'stock-the-top-shelf' };
/** Nobody sends so many: the limit is counted, and refuses nothing. */
const NEVER_REACHED = '1000000000';

/** How many are asked for in turns. */
const PRODUCTS = 100;

/** The four apps from `dist` as processes on servers of their own; some products in the cache, and a signed-in session. */
export async function startSystem(root, own) {
  const dist = `${root}/dist`;
  const services = await import(`file://${dist}/tools/services/index.js`);
  const servers = await startServers(services, own);
  const { APPS, environmentsOf } = await import(`file://${dist}/tools/start/apps.js`);
  const environments = environmentsOf({ PATH: process.env.PATH, ...servers, ...(await ports(services)) });
  const dir = await services.createTempDir('bench-edge');
  own(() => services.removeDir(dir));
  for (const name of APPS) {
    const app = await services.ServerProcess.start({
      name,
      command: process.execPath,
      args: [`${dist}/apps/${name}/src/main.js`],
      env: environments[name],
      logFile: `${dir}/${name}.log`,
      readyText: 'successfully started',
      readyTimeoutMs: 30_000,
      stopSignal: 'SIGTERM',
    });
    own(() => app.dispose());
  }
  const ids = await createProducts(servers.DATABASE_URL, await createCategory(servers.DATABASE_URL));
  const url = `http://127.0.0.1:${environments.gateway.PORT}`;
  const products = await Promise.all(ids.slice(0, PRODUCTS).map((id) => read(`${url}/v1/products/${id}`)));
  return { url, products, cookie: await signIn(url) };
}

async function startServers({ startPostgres, startRabbit, startRedis }, own) {
  const postgres = await startPostgres();
  own(() => postgres.stop());
  const rabbit = await startRabbit();
  own(() => rabbit.stop());
  const redis = await startRedis();
  own(() => redis.stop());
  return {
    DATABASE_URL: postgres.url,
    RABBITMQ_URL: rabbit.url,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    DEMO_ACCOUNTS: 'true',
    RATE_LIMIT_REQUESTS: NEVER_REACHED,
    RATE_LIMIT_CHANGES: NEVER_REACHED,
  };
}

async function ports({ freePort }) {
  const names = ['PORT', 'OPS_PORT', 'AUTH_PORT', 'AUTH_OPS_PORT', 'CATALOG_PORT', 'CATALOG_OPS_PORT'];
  const found = {};
  for (const name of [...names, 'INVALIDATOR_OPS_PORT']) found[name] = String(await freePort());
  return found;
}

async function read(url) {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}

async function signIn(url) {
  const response = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ACCOUNT),
  });
  if (response.status !== 200) throw new Error(`The demo account could not sign in: ${response.status}`);
  return response.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith('__Host-sid='))
    ?.split(';')[0];
}
