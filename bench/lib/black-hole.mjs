import { connect, createServer } from 'node:net';
import { once } from 'node:events';

/** A TCP proxy before Redis that can be told to go on accepting and to answer nothing more. */
export async function startProxy(server) {
  let swallowing = false;
  const sockets = new Set();
  const proxy = createServer((client) => {
    const redis = connect(server.port, server.host);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => swallowing || redis.write(chunk));
    redis.on('data', (chunk) => swallowing || client.write(chunk));
    client.on('close', () => redis.destroy());
    redis.on('close', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    server: { ...server, host: '127.0.0.1', port: proxy.address().port },
    swallow: () => (swallowing = true),
    async stop() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
