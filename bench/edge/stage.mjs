import { startBare, startProxied } from './peers.mjs';
import { startSystem } from './system.mjs';

/** The gateways to compare, all serving one product, and the way to end them. */
export async function openStage(root) {
  const closing = [];
  const own = (close) => closing.unshift(close);
  const close = async () => {
    for (const end of closing.splice(0)) await end();
  };
  try {
    const system = await startSystem(root, own);
    const bare = await startBare(system.product, own);
    const proxied = await startProxied(system.product, own);
    const path = `/v1/products/${system.product.id}`;
    const all = [
      { name: 'larder', label: 'Larder, signed in', url: system.url + path, headers: { cookie: system.cookie } },
      { name: 'larder-anonymous', label: 'Larder, without a session', url: system.url + path, headers: {} },
      { name: 'bare', label: '(a) bare Nest gateway and service', url: bare + path, headers: {} },
      { name: 'http-proxy', label: '(b) @fastify/http-proxy', url: proxied + path, headers: {} },
    ];
    const contestants = (only) => all.filter(({ name }) => only === undefined || only.includes(name));
    return { contestants, close };
  } catch (error) {
    await close();
    throw error;
  }
}
