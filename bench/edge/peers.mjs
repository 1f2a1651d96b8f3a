import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NODE_OPTIONS } from '../../dist/tools/start/apps.js';

/** (a): a Nest gateway on Fastify with one route, and a Nest TCP service that returns a constant. Answers its URL. */
export async function startBare([product], own) {
  const service = await child('bare-service.mjs', { product }, own);
  return url(await child('bare-gateway.mjs', { service }, own));
}

/** (b): @fastify/http-proxy before a Fastify server that has the products in memory. Answers its URL. */
export async function startProxied(products, own) {
  const upstream = await child('http-catalog.mjs', { products }, own);
  return url(await child('http-proxy.mjs', { upstream: url(upstream) }, own));
}

const url = (port) => `http://127.0.0.1:${port}`;

/** A process that tells the port on which it listens; Node gets the options that ours get. */
async function child(file, settings, own) {
  const options = { env: { ...process.env, NODE_OPTIONS } };
  const process_ = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)], options);
  own(async () => {
    const gone = process_.exitCode === null && process_.signalCode === null ? once(process_, 'exit') : null;
    process_.kill('SIGTERM');
    await gone;
  });
  const [port] = await Promise.race([once(process_, 'message'), once(process_, 'exit')]);
  if (!(port > 0)) throw new Error(`${file} ended before it listened`);
  return port;
}
