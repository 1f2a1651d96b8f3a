import { startBare, startProxied } from './peers.mjs';
import { startSystem } from './system.mjs';

/** The gateways to compare, all serving the same products, and the way to end them. */
export async function openStage(root) {
  const closing = [];
  const own = (close) => closing.unshift(close);
  const close = async () => {
    for (const end of closing.splice(0)) await end();
  };
  try {
    const system = await startSystem(root, own);
    const bare = await startBare(system.products, own);
    const proxied = await startProxied(system.products, own);
    const paths = system.products.map(({ id }) => `/v1/products/${id}`);
    const all = [
      { name: 'larder', label: 'Larder, signed in', url: system.url, headers: { cookie: system.cookie } },
      { name: 'larder-anonymous', label: 'Larder, without a session', url: system.url, headers: {} },
      { name: 'bare', label: '(a) bare Nest gateway and service', url: bare, headers: {} },
      { name: 'http-proxy', label: '(b) @fastify/http-proxy', url: proxied, headers: {} },
    ];
    const contestants = (only) =>
      all.filter(({ name }) => only === undefined || only.includes(name)).map((one) => ({ ...one, paths }));
    return { contestants, close };
  } catch (error) {
    await close();
    throw error;
  }
}
